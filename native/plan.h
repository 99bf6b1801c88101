#ifndef ORK_PLAN_H
#define ORK_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The launch plan: words that each end with a NUL byte, a verb followed by a fixed number of arguments. Paths and
 * environments cannot hold NUL, so nothing needs escaping and the parser has no states to get wrong.
 */

enum {
  PLAN_MAX_BYTES = 4 * 1024 * 1024,
  PLAN_MAX_ENTRIES = 512,
  PLAN_MAX_WORDS = 4096,
  PLAN_MAX_CGROUPS = 8,
  PLAN_MAX_LIMITS = 16,
  PLAN_MAX_SCRATCH = 16,
};

enum entry_kind {
  ENTRY_DIRECTORY,
  ENTRY_TMPFS,
  ENTRY_BIND,
  ENTRY_SYMLINK,
  ENTRY_FILE,
  ENTRY_PROC,
  ENTRY_MASK,
  ENTRY_DEVICE,
};

/* One thing in the view of the worker. `target` is absolute and has neither `.` nor `..` in it. */
struct entry {
  enum entry_kind kind;
  const char *target;
  const char *source; /* bind: the path on the host; symlink: where it leads; file: its content */
  bool read_only;
  bool no_exec;
  bool id_mapped;
  bool owned; /* bind: the source itself must belong to the owner and the group */
  uint64_t bytes; /* tmpfs: its size */
  unsigned mode;  /* directory and tmpfs */
  uid_t owner;    /* bind, id-mapped: whose files are the worker's inside */
  gid_t group;
};

struct limit {
  int resource;
  uint64_t value;
};

struct plan {
  unsigned namespaces; /* CLONE_NEW* */
  bool inner_user; /* a user namespace that is entered once everything is set up */
  pid_t parent;
  uid_t uid;
  gid_t gid;
  const char *hostname;
  const char *filter; /* hexadecimal; NULL: none */
  const char *directory;
  const char *program;
  const char *cgroups[PLAN_MAX_CGROUPS];
  size_t cgroup_count;
  struct limit limits[PLAN_MAX_LIMITS];
  size_t limit_count;
  const char *scratch[PLAN_MAX_SCRATCH];
  size_t scratch_count;
  struct entry entries[PLAN_MAX_ENTRIES];
  size_t entry_count;
  const char *arguments[PLAN_MAX_WORDS + 1];
  size_t argument_count;
  const char *environment[PLAN_MAX_WORDS + 1];
  size_t environment_count;
};

/*
 * Reads a plan out of `text`, which must stay as it is while the plan is used. Makes no system call. Returns NULL,
 * or what is wrong with the plan.
 */
const char *parse_plan(const char *text, size_t length, struct plan *plan);

/* True for an absolute path without `.`, `..` and empty parts: what an entry may have as its target. */
bool is_plain_path(const char *path);

#endif
