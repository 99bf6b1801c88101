#ifndef ORK_COMPILE_FILTER_H
#define ORK_COMPILE_FILTER_H

#include <stddef.h>

/*
 * Compiles rules (see filter_rules.h) and writes the filter, an array of struct sock_filter, to `out_fd`. Returns 0,
 * or -1 with a message in `error`.
 */
int compile_filter(const char *words, size_t length, int out_fd, char *error, size_t error_size);

#endif
