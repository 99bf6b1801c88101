#ifndef ORK_FILTER_PROGRAM_H
#define ORK_FILTER_PROGRAM_H

#include <linux/filter.h>

#include "filter_rules.h"

/* Room for one instruction more than is ever made, see `emit`. */
struct program {
  size_t length;
  struct sock_filter code[BPF_MAXINSNS + 1];
};

/*
 * Turns rules into a filter. Of the rules about one call those with comparisons are tried first, and of these those
 * that deny: so "allow, but not with these arguments" and "deny, except with these" both mean what they say.
 * libseccomp's own generator is not used, since it cannot say them: next to a rule without comparisons it drops all
 * others, and for "differs in the lower half", which is all that the kernel looks at of an int, it has no comparison.
 *
 * Sorts `rules`. Returns 0, or -1 when the program gets too long for the kernel.
 */
int generate_program(struct rules *rules, struct program *program);

#endif
