#include "filter_command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "compile_filter.h"

enum { MAX_RULES_BYTES = 1024 * 1024, MAX_MESSAGE_BYTES = 512 };

/* Returns how many bytes were read, or -1 when there are more than fit. */
static ssize_t read_rules(char *buffer, size_t size) {
  size_t used = 0;
  for (;;) {
    ssize_t got = read(STDIN_FILENO, buffer + used, size - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || used == size) return -1;
    if (got == 0) return (ssize_t)used;
    used += (size_t)got;
  }
}

int run_filter_command(void) {
  static char rules[MAX_RULES_BYTES + 1];
  char message[MAX_MESSAGE_BYTES] = "the rules cannot be read, or are too long";
  ssize_t length = read_rules(rules, sizeof rules);
  if (length >= 0 && compile_filter(rules, (size_t)length, STDOUT_FILENO, message, sizeof message) == 0) return 0;
  fprintf(stderr, "%s\n", message);
  return 1;
}
