#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * Makes system calls under a filter and tells what came of them: `probe FILTER CALL…`. FILTER is a file, or `-` for
 * none. CALL is `sweep`, for the numbers 0 to 511, or `NUMBER,ARGUMENT,…`; `int80,NUMBER` makes the call as 32-bit
 * programs do. A line for each: the call and `returned`, `errno N`, `signal N`, `ended` or `blocked`.
 *
 * So that no call harms anything outside, filtered or not:
 *  - all run in new pid, mount, network, ipc and uts namespaces, without capabilities and not as root: what would reach
 *    every process reaches this one and its children, and this one is the first of its namespace, which they cannot kill;
 *  - arguments are -1 where nothing else is said: no address, no descriptor, no process;
 *  - each has a process of its own, which ends after it and has two seconds.
 */

#ifndef __x86_64__
#error "the numbers are those of x86_64"
#endif

enum { SWEEP_END = 512, ARGUMENTS = 6, NOBODY = 65534, TIME_LIMIT_MS = 2000 };

struct call {
  long number;
  long arguments[ARGUMENTS];
  int as_32_bit;
};

/* Shared with the process that makes the call, which may have lost all descriptors by it. */
struct outcome {
  volatile int returned;
  volatile long result;
};

static struct outcome *outcome;
static struct sock_fprog filter;

static _Noreturn void give_up(const char *what) {
  fprintf(stderr, "probe: %s: %s\n", what, strerror(errno));
  exit(2);
}

static void load_program(const char *path) {
  static struct sock_filter code[BPF_MAXINSNS];
  if (strcmp(path, "-") == 0) return;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, code, sizeof code);
  if (length <= 0) give_up(path);
  close(fd);
  filter = (struct sock_fprog){(unsigned short)((size_t)length / sizeof *code), code};
}

static void install_filter(void) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up("no_new_privs");
  if (filter.len > 0 && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) give_up("filter");
}

static inline __attribute__((always_inline)) long make(long number, const long *a) {
  register long fourth __asm__("r10") = a[3];
  register long fifth __asm__("r8") = a[4];
  register long sixth __asm__("r9") = a[5];
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(fourth), "r"(fifth), "r"(sixth)
                   : "rcx", "r11", "memory");
  return result;
}

static inline __attribute__((always_inline)) long make_32_bit(long number) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number) : "r8", "r9", "r10", "r11", "memory");
  return result;
}

static int makes_processes(const struct call *call) {
  return call->number == SYS_fork || call->number == SYS_vfork || call->number == SYS_clone;
}

/* A function that was called would come back on the stack that the child of vfork shares: all is inlined. */
static __attribute__((noinline)) _Noreturn void perform(const struct call *call) {
  static const long success[ARGUMENTS];
  long result = call->as_32_bit ? make_32_bit(call->number) : make(call->number, call->arguments);
  if (result != 0 || !makes_processes(call)) {
    outcome->result = result;
    outcome->returned = 1;
  }
  for (;;) make(SYS_exit_group, success);
}

static long now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* False when the time was up; SIGCHLD is blocked, and may come from others' children too. */
static int wait_for(pid_t child, int *status) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGCHLD);
  for (long deadline = now_ms() + TIME_LIMIT_MS;;) {
    if (waitpid(child, status, WNOHANG) == child) return 1;
    long left = deadline - now_ms();
    if (left <= 0) break;
    struct timespec timeout = {left / 1000, left % 1000 * 1000000};
    sigtimedwait(&signals, NULL, &timeout);
  }
  kill(child, SIGKILL);
  waitpid(child, status, 0);
  return 0;
}

static void tell(const char *name, int finished, int status) {
  if (!finished) printf("%s blocked\n", name);
  else if (WIFSIGNALED(status)) printf("%s signal %d\n", name, WTERMSIG(status));
  else if (!outcome->returned) printf("%s ended\n", name);
  else if (outcome->result < 0 && outcome->result >= -4095) printf("%s errno %ld\n", name, -outcome->result);
  else printf("%s returned\n", name);
}

static void probe(const char *name, const struct call *call) {
  int status = 0;
  outcome->returned = 0;
  fflush(stdout);
  pid_t child = fork();
  if (child < 0) give_up("fork");
  if (child == 0) {
    install_filter();
    perform(call);
  }
  int finished = wait_for(child, &status);
  /* The process that was to make the call could not. */
  if (finished && WIFEXITED(status) && WEXITSTATUS(status) == 2) exit(2);
  tell(name, finished, status);
}

static void clear_arguments(struct call *call) {
  for (int i = 0; i < ARGUMENTS; i++) call->arguments[i] = -1;
  /* -1 would be all processes of the namespace, this one too. */
  if (call->number == SYS_kill) call->arguments[0] = 0x3fffffff;
}

static void sweep(void) {
  for (long number = 0; number < SWEEP_END; number++) {
    struct call call = {.number = number};
    char name[16];
    clear_arguments(&call);
    snprintf(name, sizeof name, "%ld", number);
    probe(name, &call);
  }
}

static void probe_named(const char *name) {
  struct call call = {.as_32_bit = strncmp(name, "int80,", 6) == 0};
  char *rest;
  call.number = strtol(call.as_32_bit ? name + 6 : name, &rest, 0);
  clear_arguments(&call);
  for (int i = 0; i < ARGUMENTS && *rest == ','; i++) call.arguments[i] = (long)strtoull(rest + 1, &rest, 0);
  if (*rest != '\0') give_up(name);
  probe(name, &call);
}

/* Root becomes nobody; another user gets into namespaces by one of his own, and drops what he may do in it. */
static void enter_namespaces(void) {
  int namespaces = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
  int root = geteuid() == 0;
  if (root && setgroups(0, NULL) != 0) give_up("groups");
  if (unshare(root ? namespaces : namespaces | CLONE_NEWUSER) != 0) give_up("namespaces");
  if (root && (setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0)) give_up("nobody");
  if (syscall(SYS_capset, &header, none) != 0) give_up("capabilities");
}

static _Noreturn void run_calls(int count, char **names) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGCHLD);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  for (int i = 0; i < count; i++) {
    if (strcmp(names[i], "sweep") == 0) sweep();
    else probe_named(names[i]);
  }
  exit(fflush(stdout) == 0 ? 0 : 2);
}

int main(int argc, char **argv) {
  int status = 0;
  if (argc < 3) {
    fputs("usage: probe FILTER CALL...\n", stderr);
    return 2;
  }
  load_program(argv[1]);
  outcome = mmap(NULL, sizeof *outcome, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (outcome == MAP_FAILED) give_up("memory");
  enter_namespaces();
  pid_t first = fork();
  if (first < 0) give_up("fork");
  if (first == 0) run_calls(argc - 2, argv + 2);
  if (waitpid(first, &status, 0) != first || !WIFEXITED(status)) return 2;
  return WEXITSTATUS(status);
}
