#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * ork-seal.so: loaded into a worker by LD_PRELOAD, it takes away what Node could not have been started without,
 * before anything of Node runs and while there is one thread. ORK_SEAL says what the worker may still do:
 *
 *   programs   start programs; they cannot look into its memory
 *   none       nothing of that kind
 *
 * A worker that cannot be sealed does not start.
 */

enum { EXIT_NOT_SEALED = 72 };

#if defined(__x86_64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the filter is written for x86_64 and aarch64 only"
#endif

#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, (action))
/* The instruction after it is skipped unless it holds. */
#define IF_NUMBER(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1)
#define REFUSED(error) ANSWER(SECCOMP_RET_ERRNO | (error))

/* Of 64-bit arguments LOAD takes the lower half: both architectures are little-endian. */
static struct sock_filter NO_PROGRAMS[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCHITECTURE, 1, 0),
    ANSWER(SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
#if defined(__x86_64__)
    /* The numbers of the x32 interface. */
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
    ANSWER(SECCOMP_RET_KILL_PROCESS),
    IF_NUMBER(SYS_fork),
    REFUSED(EPERM),
    IF_NUMBER(SYS_vfork),
    REFUSED(EPERM),
#endif
    IF_NUMBER(SYS_execve),
    REFUSED(EPERM),
    IF_NUMBER(SYS_execveat),
    REFUSED(EPERM),
    /* Its flags are in memory, where no filter sees them; libc then uses clone. */
    IF_NUMBER(SYS_clone3),
    REFUSED(ENOSYS),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
    LOAD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0),
    REFUSED(EPERM),
    ANSWER(SECCOMP_RET_ALLOW),
};

static _Noreturn void refuse(const char *line) {
  ssize_t written = write(STDERR_FILENO, line, strlen(line));
  (void)written;
  _exit(EXIT_NOT_SEALED);
}

static int install_filter(void) {
  struct sock_fprog program = {
      .len = sizeof NO_PROGRAMS / sizeof *NO_PROGRAMS,
      .filter = NO_PROGRAMS,
  };
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  /* For all threads, should something else that was preloaded have started one; not 0 when one is left out. */
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0 ? 0 : -1;
}

__attribute__((constructor)) static void seal(void) {
  const char *wanted = getenv("ORK_SEAL");
  int none = wanted != NULL && strcmp(wanted, "none") == 0;
  if (!none && (wanted == NULL || strcmp(wanted, "programs") != 0)) {
    refuse("ork-seal: ORK_SEAL is neither `programs` nor `none`\n");
  }
  if (unsetenv("LD_PRELOAD") != 0 || unsetenv("ORK_SEAL") != 0) {
    refuse("ork-seal: the environment cannot be changed\n");
  }
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    refuse("ork-seal: the memory of the worker cannot be closed to others\n");
  }
  if (none && install_filter() != 0) {
    refuse("ork-seal: this kernel does not take the filter of system calls\n");
  }
}
