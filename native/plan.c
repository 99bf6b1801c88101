#include "plan.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define VERSION "1"

struct reader {
  const char *next;
  const char *end;
};

struct name {
  const char *name;
  unsigned value;
};

static const struct name NAMESPACES[] = {
    {"pid", CLONE_NEWPID}, {"mount", CLONE_NEWNS}, {"ipc", CLONE_NEWIPC},       {"uts", CLONE_NEWUTS},
    {"net", CLONE_NEWNET}, {"user", CLONE_NEWUSER}, {"cgroup", CLONE_NEWCGROUP},
};

static const struct name RESOURCES[] = {
    {"core", RLIMIT_CORE},     {"nofile", RLIMIT_NOFILE},     {"nproc", RLIMIT_NPROC},
    {"fsize", RLIMIT_FSIZE},   {"memlock", RLIMIT_MEMLOCK},   {"msgqueue", RLIMIT_MSGQUEUE},
    {"rtprio", RLIMIT_RTPRIO}, {"sigpending", RLIMIT_SIGPENDING},
};

static const char *next_word(struct reader *reader) {
  if (reader->next >= reader->end) return NULL;
  const char *word = reader->next;
  const char *stop = memchr(word, '\0', (size_t)(reader->end - word));
  if (stop == NULL) return NULL;
  reader->next = stop + 1;
  return word;
}

static bool read_number(struct reader *reader, uint64_t max, uint64_t *value) {
  const char *word = next_word(reader);
  if (word == NULL || word[0] < '0' || word[0] > '9') return false;
  char *rest = NULL;
  errno = 0;
  unsigned long long number = strtoull(word, &rest, 10);
  if (errno != 0 || *rest != '\0' || number > max) return false;
  *value = number;
  return true;
}

static bool read_id(struct reader *reader, unsigned *id) {
  uint64_t value;
  /* (uid_t)-1 means "leave as it is" to the calls that take ids. */
  if (!read_number(reader, UINT32_MAX - 1, &value)) return false;
  *id = (unsigned)value;
  return true;
}

static bool find_name(const struct name *names, size_t count, const char *wanted, unsigned *value) {
  for (size_t i = 0; i < count; i++) {
    if (strcmp(names[i].name, wanted) != 0) continue;
    *value = names[i].value;
    return true;
  }
  return false;
}

bool is_plain_path(const char *path) {
  if (path[0] != '/' || path[1] == '\0') return false;
  for (const char *part = path; *part == '/';) {
    const char *start = ++part;
    while (*part != '\0' && *part != '/') part++;
    size_t length = (size_t)(part - start);
    if (length == 0 || (length == 1 && start[0] == '.')) return false;
    if (length == 2 && start[0] == '.' && start[1] == '.') return false;
  }
  return true;
}

static bool read_path(struct reader *reader, const char **path) {
  *path = next_word(reader);
  return *path != NULL && is_plain_path(*path);
}

/* `ro,noexec,idmap,owned`, or `-` for none of them. */
static bool read_flags(struct reader *reader, struct entry *entry) {
  const char *flags = next_word(reader);
  if (flags == NULL) return false;
  if (strcmp(flags, "-") == 0) return true;
  while (*flags != '\0') {
    size_t length = strcspn(flags, ",");
    if (length == 2 && strncmp(flags, "ro", 2) == 0) entry->read_only = true;
    else if (length == 6 && strncmp(flags, "noexec", 6) == 0) entry->no_exec = true;
    else if (length == 5 && strncmp(flags, "idmap", 5) == 0) entry->id_mapped = true;
    else if (length == 5 && strncmp(flags, "owned", 5) == 0) entry->owned = true;
    else return false;
    flags += length;
    if (*flags == ',') flags++;
  }
  return true;
}

static bool read_mode(struct reader *reader, unsigned *mode) {
  uint64_t value;
  if (!read_number(reader, 01777, &value)) return false;
  *mode = (unsigned)value;
  return true;
}

static bool read_entry(struct reader *reader, enum entry_kind kind, struct entry *entry) {
  entry->kind = kind;
  if (!read_path(reader, &entry->target)) return false;
  switch (kind) {
    case ENTRY_DIRECTORY:
      return read_mode(reader, &entry->mode);
    case ENTRY_TMPFS:
      return read_number(reader, UINT64_MAX / 2, &entry->bytes) && read_mode(reader, &entry->mode) &&
             read_flags(reader, entry);
    case ENTRY_BIND:
      return read_path(reader, &entry->source) && read_flags(reader, entry) &&
             read_id(reader, &entry->owner) && read_id(reader, &entry->group);
    case ENTRY_SYMLINK:
    case ENTRY_FILE:
      entry->source = next_word(reader);
      return entry->source != NULL;
    case ENTRY_PROC:
    case ENTRY_MASK:
    case ENTRY_DEVICE:
      return true;
  }
  return false;
}

static const char *add_entry(struct reader *reader, enum entry_kind kind, struct plan *plan) {
  if (plan->entry_count == PLAN_MAX_ENTRIES) return "too many entries";
  return read_entry(reader, kind, &plan->entries[plan->entry_count++]) ? NULL : "an entry is malformed";
}

static const char *add_word(struct reader *reader, const char **list, size_t *count, size_t max) {
  if (*count == max) return "too many words of a kind";
  const char *word = next_word(reader);
  if (word == NULL) return "a word is missing";
  list[(*count)++] = word;
  return NULL;
}

static const char *add_namespace(struct reader *reader, struct plan *plan) {
  const char *name = next_word(reader);
  unsigned flag;
  if (name == NULL || !find_name(NAMESPACES, sizeof NAMESPACES / sizeof *NAMESPACES, name, &flag)) {
    return "unknown namespace";
  }
  plan->namespaces |= flag;
  return NULL;
}

static const char *add_limit(struct reader *reader, struct plan *plan) {
  if (plan->limit_count == PLAN_MAX_LIMITS) return "too many limits";
  struct limit *limit = &plan->limits[plan->limit_count++];
  const char *name = next_word(reader);
  unsigned resource;
  if (name == NULL || !find_name(RESOURCES, sizeof RESOURCES / sizeof *RESOURCES, name, &resource)) {
    return "unknown limit";
  }
  limit->resource = (int)resource;
  return read_number(reader, UINT64_MAX, &limit->value) ? NULL : "a limit is no number";
}

static const char *set_word(struct reader *reader, const char **place) {
  if (*place != NULL) return "a word is given twice";
  *place = next_word(reader);
  return *place == NULL ? "a word is missing" : NULL;
}

static const char *set_parent(struct reader *reader, struct plan *plan) {
  uint64_t parent;
  if (!read_number(reader, INT32_MAX, &parent)) return "the parent is no process id";
  plan->parent = (pid_t)parent;
  return NULL;
}

static const char *set_ids(struct reader *reader, struct plan *plan) {
  return read_id(reader, &plan->uid) && read_id(reader, &plan->gid) ? NULL : "an id is no number";
}

static bool is(const char *verb, const char *wanted) { return strcmp(verb, wanted) == 0; }

static const char *read_entry_verb(const char *verb, struct reader *reader, struct plan *plan) {
  if (is(verb, "directory")) return add_entry(reader, ENTRY_DIRECTORY, plan);
  if (is(verb, "tmpfs")) return add_entry(reader, ENTRY_TMPFS, plan);
  if (is(verb, "bind")) return add_entry(reader, ENTRY_BIND, plan);
  if (is(verb, "symlink")) return add_entry(reader, ENTRY_SYMLINK, plan);
  if (is(verb, "file")) return add_entry(reader, ENTRY_FILE, plan);
  if (is(verb, "proc")) return add_entry(reader, ENTRY_PROC, plan);
  if (is(verb, "mask")) return add_entry(reader, ENTRY_MASK, plan);
  if (is(verb, "device")) return add_entry(reader, ENTRY_DEVICE, plan);
  return "unknown verb";
}

static const char *read_verb(const char *verb, struct reader *reader, struct plan *plan) {
  if (is(verb, "parent")) return set_parent(reader, plan);
  if (is(verb, "namespace")) return add_namespace(reader, plan);
  if (is(verb, "inner-user")) return plan->inner_user = true, NULL;
  if (is(verb, "ids")) return set_ids(reader, plan);
  if (is(verb, "cgroup")) {
    return add_word(reader, plan->cgroups, &plan->cgroup_count, PLAN_MAX_CGROUPS);
  }
  if (is(verb, "hostname")) return set_word(reader, &plan->hostname);
  if (is(verb, "limit")) return add_limit(reader, plan);
  if (is(verb, "scratch")) {
    return add_word(reader, plan->scratch, &plan->scratch_count, PLAN_MAX_SCRATCH);
  }
  if (is(verb, "filter")) return set_word(reader, &plan->filter);
  if (is(verb, "workdir")) return set_word(reader, &plan->directory);
  if (is(verb, "program")) return set_word(reader, &plan->program);
  if (is(verb, "argument")) {
    return add_word(reader, plan->arguments, &plan->argument_count, PLAN_MAX_WORDS);
  }
  if (is(verb, "variable")) {
    return add_word(reader, plan->environment, &plan->environment_count, PLAN_MAX_WORDS);
  }
  return read_entry_verb(verb, reader, plan);
}

static const char *check_whole(const struct plan *plan) {
  if (plan->program == NULL || !is_plain_path(plan->program)) return "no program";
  if (plan->directory == NULL || plan->directory[0] != '/') return "no working directory";
  if (plan->uid == 0 || plan->gid == 0) return "the worker would be root";
  if (plan->entry_count > 0 && (plan->namespaces & CLONE_NEWNS) == 0) return "a view without a namespace";
  for (size_t i = 0; i < plan->scratch_count; i++) {
    if (!is_plain_path(plan->scratch[i])) return "a scratch folder is no path";
  }
  return NULL;
}

const char *parse_plan(const char *text, size_t length, struct plan *plan) {
  memset(plan, 0, sizeof *plan);
  if (length > PLAN_MAX_BYTES) return "too long";
  struct reader reader = {text, text + length};
  const char *version = next_word(&reader);
  if (version == NULL || !is(version, VERSION)) return "another version of the plan";
  for (;;) {
    const char *verb = next_word(&reader);
    if (verb == NULL) return "cut short";
    if (is(verb, "end")) break;
    const char *problem = read_verb(verb, &reader, plan);
    if (problem != NULL) return problem;
  }
  if (reader.next != reader.end) return "words after the end";
  return check_whole(plan);
}
