#include "compile_filter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "filter_program.h"
#include "filter_rules.h"

static int write_fully(int fd, const void *data, size_t length) {
  const char *next = data;
  while (length > 0) {
    ssize_t written = write(fd, next, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return -1;
    next += written;
    length -= (size_t)written;
  }
  return 0;
}

int compile_filter(const char *words, size_t length, int out_fd, char *error, size_t error_size) {
  static struct rules rules;
  static struct program program;
  if (parse_rules(words, length, &rules, error, error_size) != 0) return -1;
  if (generate_program(&rules, &program) != 0) {
    snprintf(error, error_size, "the filter is too long for the kernel, which takes %d instructions", BPF_MAXINSNS - 1);
    return -1;
  }
  if (write_fully(out_fd, program.code, program.length * sizeof *program.code) != 0) {
    snprintf(error, error_size, "the filter cannot be written: %s", strerror(errno));
    return -1;
  }
  return 0;
}
