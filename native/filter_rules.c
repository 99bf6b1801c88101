#include "filter_rules.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "syscall_names.h"

enum { MAX_ERRNO = 4095 };

struct reader {
  const char *next;
  const char *end;
  char *error;
  size_t error_size;
};

struct verb {
  const char *name;
  enum severity severity;
  bool conditional;
};

static const struct verb VERBS[] = {
    {"allow", RULE_ALLOW, false},   {"errno", RULE_ERRNO, false},   {"kill", RULE_KILL, false},
    {"allow-if", RULE_ALLOW, true}, {"errno-if", RULE_ERRNO, true}, {"kill-if", RULE_KILL, true},
};

static const char *const OPERATIONS[] = {
    [OP_EQ] = "eq", [OP_NE] = "ne", [OP_LT] = "lt",           [OP_LE] = "le",
    [OP_GE] = "ge", [OP_GT] = "gt", [OP_MASKED_EQ] = "masked-eq",
};

static int refuse(struct reader *reader, const char *problem, const char *word) {
  snprintf(reader->error, reader->error_size, "%s: %.100s", problem, word);
  return -1;
}

static int next_word(struct reader *reader, const char **word) {
  const char *start = reader->next;
  const char *stop = memchr(start, '\0', (size_t)(reader->end - start));
  if (stop == NULL) return refuse(reader, "the rules are cut short", start == reader->end ? "at the end" : "in a word");
  *word = start;
  reader->next = stop + 1;
  return 0;
}

static int next_number(struct reader *reader, uint64_t max, uint64_t *number) {
  const char *word;
  if (next_word(reader, &word) != 0) return -1;
  /* strtoull also takes signs, spaces and octal numbers. */
  bool hexadecimal = strncmp(word, "0x", 2) == 0;
  const char *digits = hexadecimal ? word + 2 : word;
  size_t valid = strspn(digits, hexadecimal ? "0123456789abcdefABCDEF" : "0123456789");
  if (valid == 0 || digits[valid] != '\0') return refuse(reader, "not a number", word);
  errno = 0;
  unsigned long long value = strtoull(digits, NULL, hexadecimal ? 16 : 10);
  if (errno != 0 || value > max) return refuse(reader, "the number is too large", word);
  *number = value;
  return 0;
}

static int next_errno(struct reader *reader, uint32_t *action) {
  uint64_t number;
  if (next_number(reader, MAX_ERRNO, &number) != 0) return -1;
  /* With 0 the call would seem to have succeeded. */
  if (number == 0) return refuse(reader, "not an error number", "0");
  *action = SECCOMP_RET_ERRNO | (uint32_t)number;
  return 0;
}

static int next_operation(struct reader *reader, enum operation *operation) {
  const char *word;
  if (next_word(reader, &word) != 0) return -1;
  for (size_t i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; i++) {
    if (strcmp(word, OPERATIONS[i]) != 0) continue;
    *operation = (enum operation)i;
    return 0;
  }
  return refuse(reader, "unknown comparison", word);
}

static int next_comparison(struct reader *reader, struct comparison *comparison) {
  uint64_t argument;
  if (next_number(reader, MAX_ARGUMENTS - 1, &argument) != 0) return -1;
  comparison->argument = (unsigned)argument;
  if (next_operation(reader, &comparison->operation) != 0) return -1;
  if (next_number(reader, UINT64_MAX, &comparison->value) != 0) return -1;
  if (next_number(reader, UINT64_MAX, &comparison->mask) != 0) return -1;
  if (comparison->operation == OP_EQ) comparison->mask = UINT64_MAX;
  /* It would never hold: a denial written that way denies nothing. */
  if (comparison->operation == OP_MASKED_EQ && (comparison->value & ~comparison->mask) != 0) {
    return refuse(reader, "cannot hold", "masked-eq with a value that has bits outside the mask");
  }
  return 0;
}

static int next_comparisons(struct reader *reader, struct rule *rule) {
  uint64_t count;
  if (next_number(reader, MAX_ARGUMENTS, &count) != 0) return -1;
  for (size_t i = 0; i < count; i++) {
    if (next_comparison(reader, &rule->comparisons[i]) != 0) return -1;
  }
  rule->comparison_count = (size_t)count;
  return 0;
}

static const struct verb *find_verb(const char *word) {
  for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
    if (strcmp(word, VERBS[i].name) == 0) return &VERBS[i];
  }
  return NULL;
}

static int next_action(struct reader *reader, struct rule *rule) {
  if (rule->severity == RULE_ERRNO) return next_errno(reader, &rule->action);
  rule->action = rule->severity == RULE_KILL ? SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_ALLOW;
  return 0;
}

static int next_rule(struct reader *reader, const struct verb *verb, struct rules *rules) {
  struct rule rule = {.severity = verb->severity};
  const char *name;
  if (next_action(reader, &rule) != 0 || next_word(reader, &name) != 0) return -1;
  if (verb->conditional && next_comparisons(reader, &rule) != 0) return -1;
  int number = syscall_number(name);
  if (number < 0) return 0;
  if (rules->count == MAX_RULES) return refuse(reader, "too many rules", name);
  rule.number = (unsigned)number;
  rule.position = rules->count;
  rules->list[rules->count++] = rule;
  return 0;
}

static int next_statement(struct reader *reader, struct rules *rules) {
  const char *word;
  if (next_word(reader, &word) != 0) return -1;
  if (strcmp(word, "default") == 0) {
    if (rules->fallback != 0) return refuse(reader, "given twice", word);
    return next_errno(reader, &rules->fallback);
  }
  const struct verb *verb = find_verb(word);
  return verb == NULL ? refuse(reader, "unknown verb", word) : next_rule(reader, verb, rules);
}

int parse_rules(const char *words, size_t length, struct rules *rules, char *error, size_t error_size) {
  struct reader reader = {words, words + length, error, error_size};
  rules->fallback = 0;
  rules->count = 0;
  while (reader.next < reader.end) {
    if (next_statement(&reader, rules) != 0) return -1;
  }
  return rules->fallback == 0 ? refuse(&reader, "missing", "default") : 0;
}
