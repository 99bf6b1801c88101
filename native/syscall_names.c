#include "syscall_names.h"

#include <seccomp.h>
#include <stddef.h>
#include <string.h>

/*
 * What the libseccomp of some distributions is too old to know, so that a filter is the same wherever it was built.
 * Numbers from 424 on are the same on all architectures.
 */
static const struct {
  const char *name;
  int number;
} NEWER[] = {
    {"quotactl_fd", 443},      {"landlock_create_ruleset", 444}, {"landlock_add_rule", 445},
    {"landlock_restrict_self", 446}, {"memfd_secret", 447},      {"process_mrelease", 448},
    {"futex_waitv", 449},      {"set_mempolicy_home_node", 450}, {"cachestat", 451},
    {"fchmodat2", 452},        {"map_shadow_stack", 453},        {"futex_wake", 454},
    {"futex_wait", 455},       {"futex_requeue", 456},           {"statmount", 457},
    {"listmount", 458},        {"lsm_get_self_attr", 459},       {"lsm_set_self_attr", 460},
    {"lsm_list_modules", 461}, {"mseal", 462},                   {"setxattrat", 463},
    {"getxattrat", 464},       {"listxattrat", 465},             {"removexattrat", 466},
    {"open_tree_attr", 467},   {"file_getattr", 468},            {"file_setattr", 469},
    {"listns", 470},
};

int syscall_number(const char *name) {
  /* Names of other architectures have negative numbers in libseccomp. */
  int number = seccomp_syscall_resolve_name(name);
  if (number >= 0) return number;
  for (size_t i = 0; i < sizeof NEWER / sizeof *NEWER; i++) {
    if (strcmp(name, NEWER[i].name) == 0) return NEWER[i].number;
  }
  return -1;
}
