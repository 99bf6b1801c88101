#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Tries every way to start a thread, a process or a program, and prints the error number of each, 0 for none. */

static void *nothing(void *unused) { return unused; }

static int thread(void) {
  pthread_t made;
  int error = pthread_create(&made, NULL, nothing, NULL);
  return error != 0 ? error : pthread_join(made, NULL);
}

static int ended(pid_t child) {
  if (child == 0) _exit(0);
  if (child < 0) return errno;
  return waitpid(child, NULL, 0) == child ? 0 : errno;
}

/* The child shares the stack until it ends: it may do nothing else here. */
static int share_and_end(void) {
  pid_t child = vfork();
  if (child == 0) _exit(0);
  return ended(child);
}

static int clone_3(void) {
  struct clone_args args;
  memset(&args, 0, sizeof args);
  args.exit_signal = SIGCHLD;
  return ended((pid_t)syscall(SYS_clone3, &args, sizeof args));
}

static int spawn(void) {
  char *arguments[] = {"true", NULL};
  pid_t child;
  int error = posix_spawn(&child, "/bin/true", NULL, NULL, arguments, NULL);
  return error != 0 ? error : ended(child);
}

/* Last: where it works, the rest is for /bin/true. */
static int exec(int by_descriptor) {
  char *arguments[] = {"true", NULL};
  if (by_descriptor) syscall(SYS_execveat, -100, "/bin/true", arguments, NULL, 0);
  else execve("/bin/true", arguments, NULL);
  return errno;
}

static int in_child(int by_descriptor) {
  /* Where no child can be had, it would not come back from a success either. */
  pid_t child = fork();
  if (child < 0) return exec(by_descriptor);
  if (child == 0) _exit(exec(by_descriptor));
  int status = 0;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

int main(void) {
  printf("thread %d\n", thread());
  printf("fork %d\n", ended((pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)));
#ifdef SYS_fork
  printf("old fork %d\n", ended((pid_t)syscall(SYS_fork)));
#else
  printf("old fork %d\n", ended(fork()));
#endif
  printf("vfork %d\n", share_and_end());
  printf("clone3 %d\n", clone_3());
  printf("spawn %d\n", spawn());
  fflush(stdout);
  int execve_error = in_child(0), execveat_error = in_child(1);
  printf("execve %d\nexecveat %d\n", execve_error, execveat_error);
  return 0;
}
