#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Starts a program under a filter: `filtered FILTER PROGRAM ARGUMENT…`. */

enum { EXIT_NOT_STARTED = 99 };

static int give_up(const char *what) {
  fprintf(stderr, "filtered: %s: %s\n", what, strerror(errno));
  return EXIT_NOT_STARTED;
}

int main(int argc, char **argv) {
  static struct sock_filter code[BPF_MAXINSNS];
  if (argc < 3) return give_up("usage: filtered FILTER PROGRAM ARGUMENT...");
  int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, code, sizeof code);
  if (length <= 0) return give_up(argv[1]);
  struct sock_fprog filter = {(unsigned short)((size_t)length / sizeof *code), code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return give_up("no_new_privs");
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) return give_up("filter");
  execvp(argv[2], argv + 2);
  return give_up(argv[2]);
}
