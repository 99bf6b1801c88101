/* Unit tests of the plan parser: no framework, one function a behaviour. */
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "plan.h"

#define COMPLETE "ids\0" "1000\0" "1000\0" "workdir\0" "/w\0" "program\0" "/usr/bin/node\0"
#define PARSE(text) parse_plan(text, sizeof(text) - 1, &plan)

static struct plan plan;
static int failures;
static int passed;

static void expect(const char *what, bool holds) {
  if (holds) passed++;
  else failures++;
  if (!holds) printf("failed: %s\n", what);
}

static void expect_problem(const char *what, const char *problem, const char *expected) {
  bool same = problem != NULL && strcmp(problem, expected) == 0;
  if (!same) printf("  got: %s\n", problem == NULL ? "(accepted)" : problem);
  expect(what, same);
}

static void a_complete_plan_is_read(void) {
  const char *problem = PARSE(
      "1\0" COMPLETE
      "parent\0" "7\0" "namespace\0" "mount\0" "namespace\0" "net\0" "cgroup\0" "/g\0" "limit\0" "core\0" "0\0"
      "bind\0" "/usr\0" "/host/usr\0" "ro,idmap\0" "5\0" "6\0" "tmpfs\0" "/tmp\0" "4096\0" "1023\0" "noexec\0"
      "argument\0" "node\0" "variable\0" "A=b\0" "end\0");
  expect("is accepted", problem == NULL);
  expect("namespaces", plan.namespaces == (CLONE_NEWNS | CLONE_NEWNET));
  expect("parent", plan.parent == 7);
  expect("group", plan.cgroup_count == 1 && strcmp(plan.cgroups[0], "/g") == 0);
  expect("limit", plan.limit_count == 1 && plan.limits[0].value == 0);
  struct entry *bind = &plan.entries[0];
  expect("bind", bind->kind == ENTRY_BIND && bind->read_only && bind->id_mapped && !bind->no_exec);
  expect("owner", bind->owner == 5 && bind->group == 6 && strcmp(bind->source, "/host/usr") == 0);
  struct entry *tmpfs = &plan.entries[1];
  expect("tmpfs", tmpfs->bytes == 4096 && tmpfs->mode == 01777 && tmpfs->no_exec);
  expect("argument", plan.argument_count == 1 && plan.arguments[1] == NULL);
  expect("variable", plan.environment_count == 1 && plan.environment[1] == NULL);
}

static void what_is_no_plan_is_refused(void) {
  expect_problem("nothing", PARSE(""), "another version of the plan");
  expect_problem("another version", PARSE("2\0end\0"), "another version of the plan");
  expect_problem("no end", PARSE("1\0" COMPLETE), "cut short");
  expect_problem("no NUL at the end", PARSE("1\0" COMPLETE "end"), "cut short");
  expect_problem("more after the end", PARSE("1\0" COMPLETE "end\0more\0"), "words after the end");
  expect_problem("an unknown verb", PARSE("1\0" COMPLETE "fly\0end\0"), "unknown verb");
  expect_problem("an unknown namespace", PARSE("1\0" COMPLETE "namespace\0time\0end\0"), "unknown namespace");
  expect_problem("an unknown limit", PARSE("1\0" COMPLETE "limit\0cpu\0" "1\0end\0"), "unknown limit");
  expect_problem("a word given twice", PARSE("1\0" COMPLETE "program\0/x\0end\0"), "a word is given twice");
}

static void a_worker_never_runs_as_root(void) {
  const char text[] = "1\0ids\0" "0\0" "1000\0workdir\0/w\0program\0/p\0end\0";
  expect_problem("uid", PARSE(text), "the worker would be root");
  const char group[] = "1\0ids\0" "1000\0" "0\0workdir\0/w\0program\0/p\0end\0";
  expect_problem("gid", PARSE(group), "the worker would be root");
  const char none[] = "1\0workdir\0/w\0program\0/p\0end\0";
  expect_problem("no ids", PARSE(none), "the worker would be root");
  const char unset[] = "1\0ids\0" "4294967295\0" "1\0end\0";
  expect_problem("the id that means unchanged", PARSE(unset), "an id is no number");
}

static void a_view_needs_a_namespace(void) {
  expect_problem("a view", PARSE("1\0" COMPLETE "proc\0/proc\0end\0"), "a view without a namespace");
}

static void numbers_are_decimal_and_bounded(void) {
  static const char *const WRONG[] = {"", "-1", "+1", " 1", "1x", "0x10", "1e3", "99999999999999999999999"};
  for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
    char text[128] = "1\0limit\0core\0";
    size_t length = sizeof "1\0limit\0core\0" - 1;
    memcpy(text + length, WRONG[i], strlen(WRONG[i]) + 1);
    length += strlen(WRONG[i]) + 1;
    expect_problem(WRONG[i], parse_plan(text, length, &plan), "a limit is no number");
  }
}

static void paths_are_absolute_and_plain(void) {
  static const char *const PLAIN[] = {"/a", "/a/b", "/a/..b", "/a/.b", "/..."};
  static const char *const OTHERS[] = {"", "/", "a", "./a", "/a/", "//a", "/a//b", "/.", "/..", "/a/..", "/a/./b", "/a/../b"};
  for (size_t i = 0; i < sizeof PLAIN / sizeof *PLAIN; i++) expect(PLAIN[i], is_plain_path(PLAIN[i]));
  for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) expect(OTHERS[i], !is_plain_path(OTHERS[i]));
}

static void lists_are_bounded(void) {
  static char text[PLAN_MAX_BYTES];
  size_t length = 0;
  memcpy(text, "1", 2);
  length += 2;
  for (int i = 0; i <= PLAN_MAX_ENTRIES; i++) {
    memcpy(text + length, "proc\0/proc", 11);
    length += 11;
  }
  expect_problem("entries", parse_plan(text, length, &plan), "too many entries");
  expect_problem("bytes", parse_plan(text, PLAN_MAX_BYTES + 1, &plan), "too long");
}

int main(void) {
  a_complete_plan_is_read();
  what_is_no_plan_is_refused();
  a_worker_never_runs_as_root();
  a_view_needs_a_namespace();
  numbers_are_decimal_and_bounded();
  paths_are_absolute_and_plain();
  lists_are_bounded();
  printf("%d passed, %d failed\n", passed, failures);
  return failures == 0 ? 0 : 1;
}
