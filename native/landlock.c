#include "landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "report.h"

#define STEP "landlock"

/* Headers of distributions are older than kernels. */
#define ACCESS_REFER (1ULL << 13)
#define ACCESS_TRUNCATE (1ULL << 14)
#define SCOPE_ABSTRACT_SOCKETS (1ULL << 0)
#define SCOPE_SIGNALS (1ULL << 1)

enum { FIRST_WITH_REFER = 2, FIRST_WITH_TRUNCATE = 3, FIRST_WITH_SCOPES = 6 };

/* `struct landlock_ruleset_attr` of version 6. */
struct ruleset {
  uint64_t handled_files;
  uint64_t handled_network;
  uint64_t scopes;
};

static const uint64_t ON_FILES = LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE;
static const uint64_t ON_FOLDERS =
    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM | ACCESS_REFER;

static int version_of_kernel(void) {
  return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static bool is_writable(const struct entry *entry) {
  bool shows_files = entry->kind == ENTRY_BIND || entry->kind == ENTRY_TMPFS || entry->kind == ENTRY_DEVICE;
  return shows_files && !entry->read_only;
}

static void allow(int rules, const struct entry *entry, uint64_t handled) {
  int target = must(open(entry->target, O_PATH | O_CLOEXEC), STEP, entry->target);
  struct stat status;
  must(fstat(target, &status), STEP, entry->target);
  uint64_t rights = S_ISDIR(status.st_mode) ? ON_FILES | ON_FOLDERS : ON_FILES;
  struct landlock_path_beneath_attr beneath = {.allowed_access = rights & handled, .parent_fd = target};
  must((int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0), STEP, entry->target);
  close(target);
}

void restrict_writes(const struct plan *plan) {
  int version = version_of_kernel();
  if (version < FIRST_WITH_REFER || plan->entry_count == 0) return;
  uint64_t handled = ON_FILES | ON_FOLDERS;
  if (version < FIRST_WITH_TRUNCATE) handled &= ~ACCESS_TRUNCATE;
  struct ruleset ruleset = {
      .handled_files = handled,
      .scopes = version < FIRST_WITH_SCOPES ? 0 : SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS,
  };
  size_t size = version < FIRST_WITH_SCOPES ? sizeof ruleset.handled_files : sizeof ruleset;
  int rules = must((int)syscall(SYS_landlock_create_ruleset, &ruleset, size, 0), STEP, NULL);
  for (size_t i = 0; i < plan->entry_count; i++) {
    if (is_writable(&plan->entries[i])) allow(rules, &plan->entries[i], handled);
  }
  must((int)syscall(SYS_landlock_restrict_self, rules, 0), STEP, NULL);
  close(rules);
}
