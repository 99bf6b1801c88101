#include "privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "report.h"

#define STEP "privileges"

enum { MAX_CAPABILITY = 63, MAX_FILTER = 4096, HEX_DIGITS_PER_INSTRUCTION = 16 };

void apply_limits(const struct plan *plan) {
  for (size_t i = 0; i < plan->limit_count; i++) {
    const struct limit *limit = &plan->limits[i];
    struct rlimit now;
    must(getrlimit(limit->resource, &now), "limits", NULL);
    rlim_t value = limit->value < now.rlim_max ? limit->value : now.rlim_max;
    struct rlimit wanted = {.rlim_cur = value, .rlim_max = value};
    must(setrlimit(limit->resource, &wanted), "limits", NULL);
  }
}

static int set_capabilities(uint32_t low) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2] = {{.effective = low, .permitted = low}, {0}};
  return (int)syscall(SYS_capset, &header, data);
}

static void drop_bounding_set(void) {
  for (unsigned long capability = 0; capability <= MAX_CAPABILITY; capability++) {
    int dropped = prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    /* Beyond the last one that this kernel knows. */
    if (dropped < 0 && errno == EINVAL) return;
    must(dropped, STEP, "bounding set");
  }
}

static void take_ids(const struct plan *plan, bool own_groups) {
  /* In a user namespace of an ordinary user the groups can be neither changed nor gained. */
  if (own_groups) must(setgroups(0, NULL), STEP, "groups");
  must(setresgid(plan->gid, plan->gid, plan->gid), STEP, "gid");
  must(setresuid(plan->uid, plan->uid, plan->uid), STEP, "uid");
}

void drop_privileges(const struct plan *plan) {
  bool own_groups = geteuid() == 0 && !plan->inner_user;
  unsigned long secure = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP_LOCKED |
                         SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
                         SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
  must(prctl(PR_SET_SECUREBITS, secure, 0, 0, 0), STEP, "securebits");
  drop_bounding_set();
  take_ids(plan, own_groups);
  must(set_capabilities(0), STEP, "capabilities");
  must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), STEP, "dumpable");
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), STEP, "no_new_privs");
}

void keep_only_kill(void) {
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), STEP, "no_new_privs");
  if (geteuid() != 0) return;
  drop_bounding_set();
  must(set_capabilities(1U << CAP_KILL), STEP, "capabilities");
}

static int digit_of(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  fail("filter", "not hexadecimal", 0);
}

void install_filter(const struct plan *plan) {
  if (plan->filter == NULL) return;
  static struct sock_filter program[MAX_FILTER];
  size_t digits = strlen(plan->filter);
  if (digits == 0 || digits % HEX_DIGITS_PER_INSTRUCTION != 0 ||
      digits / HEX_DIGITS_PER_INSTRUCTION > MAX_FILTER) {
    fail("filter", "its length is wrong", 0);
  }
  unsigned char *bytes = (unsigned char *)program;
  for (size_t i = 0; i < digits; i += 2) {
    bytes[i / 2] = (unsigned char)(digit_of(plan->filter[i]) << 4 | digit_of(plan->filter[i + 1]));
  }
  struct sock_fprog filter = {
      .len = (unsigned short)(digits / HEX_DIGITS_PER_INSTRUCTION),
      .filter = program,
  };
  must((int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter), "filter", NULL);
}
