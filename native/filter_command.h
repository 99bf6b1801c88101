#ifndef ORK_FILTER_COMMAND_H
#define ORK_FILTER_COMMAND_H

/* `ork-sandbox compile-filter`: rules from standard input, the filter to standard output. Returns the exit code. */
int run_filter_command(void);

#endif
