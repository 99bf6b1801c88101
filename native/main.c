#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filter_command.h"
#include "landlock.h"
#include "namespaces.h"
#include "plan.h"
#include "privileges.h"
#include "report.h"
#include "supervise.h"
#include "view.h"

/*
 * ork-sandbox: starts a worker of ORK in a sandbox, as the plan says that comes on the control descriptor.
 *
 *   kernel ── outer (this process: waits, hands signals on)
 *               └─ inner (first process of the new namespaces: sets up, then reaps and resets)
 *                    └─ worker
 */

enum { WORKER_SOCKET = 3, FIRST_UNKNOWN_FD = 5, LENGTH_DIGITS = 8 };

/* Between outer and inner: `go` frees the inner one, `map` asks for ids in a user namespace. */
struct gates {
  int to_inner[2];
  int to_outer[2];
};

static void read_fully(int fd, char *buffer, size_t length) {
  while (length > 0) {
    ssize_t got = read(fd, buffer, length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) fail("plan", "cut short", got < 0 ? errno : 0);
    buffer += got;
    length -= (size_t)got;
  }
}

static void read_plan(struct plan *plan) {
  /* The plan's words stay in here. */
  static char text[PLAN_MAX_BYTES];
  char digits[LENGTH_DIGITS + 1] = {0};
  read_fully(CONTROL_FD, digits, LENGTH_DIGITS);
  char *rest = NULL;
  unsigned long length = strtoul(digits, &rest, 16);
  if (*rest != '\0' || length == 0 || length > PLAN_MAX_BYTES) fail("plan", "its length is wrong", 0);
  read_fully(CONTROL_FD, text, length);
  const char *problem = parse_plan(text, length, plan);
  if (problem != NULL) fail("plan", problem, 0);
}

static void die_with_parent(void) { must(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "parent", NULL); }

static void pass(int fd) {
  char go = 'g';
  if (write(fd, &go, 1) != 1) _exit(EXIT_STEP_FAILED);
}

/* The other side is gone when nothing comes: then there is nobody left to tell. */
static void wait_at(int fd) {
  char go;
  if (read(fd, &go, 1) != 1) _exit(EXIT_STEP_FAILED);
}

static void enter_inner_user(const struct plan *plan, const struct gates *gates) {
  if (!plan->inner_user) return;
  /* Inside they could not be given up any more. */
  must(setgroups(0, NULL), "user namespace", "groups");
  must(unshare(CLONE_NEWUSER), "user namespace", NULL);
  pass(gates->to_outer[1]);
  wait_at(gates->to_inner[0]);
}

/* A change of ids forgets with whom to die, and the outer process may have gone meanwhile: its end of the gate tells. */
static void die_with_outer(const struct gates *gates) {
  die_with_parent();
  struct pollfd gate = {.fd = gates->to_inner[0]};
  if (poll(&gate, 1, 0) != 0) _exit(EXIT_STEP_FAILED);
}

static _Noreturn void become_worker(const struct plan *plan, pid_t inner) {
  die_with_parent();
  if (getppid() != inner) _exit(EXIT_STEP_FAILED);
  unblock_signals();
  setsid();
  must(chdir(plan->directory), "workdir", plan->directory);
  close(CONTROL_FD);
  execve(plan->program, (char *const *)plan->arguments, (char *const *)plan->environment);
  int error = errno;
  dprintf(STDERR_FILENO, "error: %s could not be started: %s\n", plan->program, strerror(error));
  _exit(EXIT_STEP_FAILED);
}

static _Noreturn void run_inner(const struct plan *plan, const struct gates *gates) {
  die_with_parent();
  wait_at(gates->to_inner[0]);
  if (plan->namespaces & CLONE_NEWNET) raise_loopback();
  if (plan->hostname != NULL) must(sethostname(plan->hostname, strlen(plan->hostname)), "hostname", NULL);
  if (plan->namespaces & CLONE_NEWNS) enter_view(plan);
  apply_limits(plan);
  enter_inner_user(plan, gates);
  drop_privileges(plan);
  die_with_outer(gates);
  must(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "parent", NULL);
  restrict_writes(plan);
  install_filter(plan);
  pid_t inner = getpid();
  pid_t worker = must(fork(), "worker", NULL);
  if (worker == 0) become_worker(plan, inner);
  pass(gates->to_outer[1]);
  close(gates->to_outer[1]);
  close(gates->to_inner[0]);
  close(WORKER_SOCKET);
  supervise_worker(worker, plan);
}

/*
 * To change the group of a process takes the kernel milliseconds: it is done while the worker's program is being
 * loaded. The report tells that it is over; before that the worker is not asked for anything.
 */
static void confine(pid_t inner, const struct plan *plan, const struct gates *gates) {
  join_cgroups(inner, plan);
  wait_at(gates->to_outer[0]);
  pid_t worker = plan->cgroup_count > 0 ? only_child_of(inner) : 0;
  if (worker > 0) join_cgroups(worker, plan);
  report_number("confined", "groups", (long)plan->cgroup_count);
}

static _Noreturn void run_outer(pid_t inner, const struct plan *plan, const struct gates *gates) {
  if (plan->namespaces & CLONE_NEWUSER) map_ids(inner, plan);
  pass(gates->to_inner[1]);
  if (plan->inner_user) {
    wait_at(gates->to_outer[0]);
    map_ids(inner, plan);
    pass(gates->to_inner[1]);
  }
  confine(inner, plan, gates);
  keep_only_kill();
  close(WORKER_SOCKET);
  close(CONTROL_FD);
  close(STDERR_FILENO);
  follow(inner);
}

static int launch(void) {
  static struct plan plan;
  struct gates gates;
  die_with_parent();
  must((int)syscall(SYS_close_range, FIRST_UNKNOWN_FD, ~0U, 0), "descriptors", NULL);
  read_plan(&plan);
  /* It may have died before this process asked to die with it. */
  if (plan.parent != getppid()) _exit(EXIT_STEP_FAILED);
  must(pipe2(gates.to_inner, O_CLOEXEC), "gates", NULL);
  must(pipe2(gates.to_outer, O_CLOEXEC), "gates", NULL);
  block_signals();
  prepare_id_maps(&plan);
  pid_t inner = fork_into_namespaces(plan.namespaces);
  if (inner < 0) fail("namespaces", NULL, errno);
  if (inner == 0) {
    close(gates.to_inner[1]);
    close(gates.to_outer[0]);
    run_inner(&plan, &gates);
  }
  close(gates.to_inner[0]);
  close(gates.to_outer[1]);
  run_outer(inner, &plan, &gates);
}

static int usage(void) {
  fputs("ork-sandbox is started by ork, with a plan on descriptor 4.\n"
        "  ork-sandbox launch          start a worker\n"
        "  ork-sandbox compile-filter  rules on standard input, a filter on standard output\n",
        stderr);
  return 2;
}

int main(int argc, char **argv) {
  if (argc != 2) return usage();
  if (strcmp(argv[1], "launch") == 0) return launch();
  if (strcmp(argv[1], "compile-filter") == 0) return run_filter_command();
  return usage();
}
