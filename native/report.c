#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_REPORT_BYTES = 16 * 1024 };

static void send_line(const char *line, size_t length) {
  while (length > 0) {
    ssize_t sent = send(CONTROL_FD, line, length, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return;
    line += sent;
    length -= (size_t)sent;
  }
}

/* JSON's escapes for what a path may hold; bytes beyond ASCII are passed on as they are. */
static size_t escape(char *out, size_t room, const char *text) {
  size_t used = 0;
  for (; *text != '\0' && used + 7 < room; text++) {
    unsigned char byte = (unsigned char)*text;
    if (byte == '"' || byte == '\\') {
      out[used++] = '\\';
      out[used++] = (char)byte;
    } else if (byte < 0x20) {
      used += (size_t)snprintf(out + used, room - used, "\\u%04x", byte);
    } else {
      out[used++] = (char)byte;
    }
  }
  out[used] = '\0';
  return used;
}

void fail(const char *step, const char *subject, int error) {
  char quoted[MAX_REPORT_BYTES / 2];
  char line[MAX_REPORT_BYTES];
  escape(quoted, sizeof quoted, subject == NULL ? "" : subject);
  const char *name = error == 0 ? "" : strerrorname_np(error);
  int length = snprintf(line, sizeof line,
                        "{\"event\":\"failed\",\"step\":\"%s\",\"subject\":\"%s\",\"error\":\"%s\"}\n", step,
                        quoted, name == NULL ? "" : name);
  send_line(line, (size_t)length);
  _exit(EXIT_STEP_FAILED);
}

int must(int result, const char *step, const char *subject) {
  if (result < 0) fail(step, subject, errno);
  return result;
}

void report_number(const char *event, const char *key, long value) {
  char line[256];
  int length = snprintf(line, sizeof line, "{\"event\":\"%s\",\"%s\":%ld}\n", event, key, value);
  send_line(line, (size_t)length);
}
