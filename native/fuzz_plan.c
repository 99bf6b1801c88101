/*
 * fuzz-plan SEED ROUNDS: feeds the plan parser mixtures of its own words and noise. What it accepts must keep the
 * promises of plan.h; the sanitizers see to the rest. Prints the seed of a failure's round.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

static const char *const WORDS[] = {
    "1",       "end",     "parent",  "namespace", "mount",    "user",     "ids",       "cgroup", "hostname",
    "limit",   "core",    "scratch", "filter",    "workdir",  "program",  "argument",  "tmpfs",  "variable",
    "bind",    "symlink", "file",    "proc",      "mask",     "device",   "directory", "/usr",   "/tmp/../x",
    "ro",      "ro,",     "idmap",   "-",         "0",        "1000",     "4096",      "/",      "4294967295",
    "noexec,", "",        "/a/b",    "..",        "999999999999999999999", "inner-user", "-1",   "ro,noexec,idmap",
};
/* Words that belong together, `|` for the NUL between them. */
static const char *const PHRASES[] = {
    "namespace|net",     "limit|core|0",           "parent|77",          "cgroup|/sys/fs/cgroup/a",
    "scratch|/tmp",      "bind|/a|/b|ro,idmap|5|6", "bind|/a|/b|-|0|0",   "tmpfs|/tmp|4096|1023|noexec",
    "symlink|/bin|../x", "file|/etc/passwd|a:b",    "proc|/proc",         "mask|/proc/keys",
    "device|/dev/null",  "directory|/run|493",      "argument|--x",       "variable|A=B",
    "hostname|ork",      "inner-user",              "filter|0600",
};
static const char PREFIX[] = "1\0ids\0" "1000\0" "1000\0workdir\0/w\0program\0/p\0namespace\0mount\0";

enum { MAX_TEXT = 4096 };

static struct plan plan;

static unsigned next_random(unsigned *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

static size_t add_phrase(char *place, const char *phrase) {
  size_t length = strlen(phrase) + 1;
  memcpy(place, phrase, length);
  for (size_t i = 0; i < length; i++) {
    if (place[i] == '|') place[i] = '\0';
  }
  return length;
}

static size_t make_text(char *text, unsigned *state) {
  size_t length = 0;
  if (next_random(state) % 4 != 0) {
    memcpy(text, PREFIX, sizeof PREFIX - 1);
    length = sizeof PREFIX - 1;
  }
  unsigned words = next_random(state) % 40;
  bool wild = next_random(state) % 2 == 0;
  for (unsigned i = 0; i < words && length + 64 < MAX_TEXT; i++) {
    const char *phrase = PHRASES[next_random(state) % (sizeof PHRASES / sizeof *PHRASES)];
    const char *word = WORDS[next_random(state) % (sizeof WORDS / sizeof *WORDS)];
    length += add_phrase(text + length, wild && next_random(state) % 8 == 0 ? word : phrase);
  }
  if (next_random(state) % 2 == 0) {
    memcpy(text + length, "end", 4);
    length += 4;
  }
  for (unsigned flips = next_random(state) % 3; flips > 0 && length > 0; flips--) {
    text[next_random(state) % length] = (char)next_random(state);
  }
  return length;
}

static bool keeps_promises(void) {
  if (plan.uid == 0 || plan.gid == 0 || plan.program == NULL || plan.directory == NULL) return false;
  for (size_t i = 0; i < plan.entry_count; i++) {
    const struct entry *entry = &plan.entries[i];
    if (entry->target == NULL || !is_plain_path(entry->target)) return false;
    if (entry->kind == ENTRY_BIND && !is_plain_path(entry->source)) return false;
  }
  return plan.arguments[plan.argument_count] == NULL && plan.environment[plan.environment_count] == NULL;
}

int main(int argc, char **argv) {
  unsigned seed = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1;
  unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
  unsigned long accepted = 0;
  for (unsigned long round = 0; round < rounds; round++) {
    unsigned state = (seed + (unsigned)round) * 2654435761U + 1;
    char made[MAX_TEXT];
    size_t length = make_text(made, &state);
    /* Of exactly its length, so that reading beyond it is seen. */
    char *text = malloc(length == 0 ? 1 : length);
    if (text == NULL) return 2;
    memcpy(text, made, length);
    bool read = parse_plan(text, length, &plan) == NULL;
    if (read) accepted++;
    if (read && !keeps_promises()) {
      printf("seed %lu breaks a promise\n", seed + round);
      return 1;
    }
    free(text);
  }
  printf("%lu rounds, %lu accepted\n", rounds, accepted);
  return accepted == 0 ? 1 : 0;
}
