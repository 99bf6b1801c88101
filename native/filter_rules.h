#ifndef ORK_FILTER_RULES_H
#define ORK_FILTER_RULES_H

#include <stddef.h>
#include <stdint.h>

/*
 * Rules about system calls, as words that each end with a NUL byte: a verb and a fixed number of words after it.
 *
 *   default ERRNO                the answer to calls that no rule is about
 *   allow NAME                   errno NUMBER NAME                  kill NAME
 *   allow-if NAME COMPARISONS    errno-if NUMBER NAME COMPARISONS   kill-if NAME COMPARISONS
 *
 * COMPARISONS is a count and, as often, ARGUMENT OP VALUE MASK; all of them must hold. OP is eq, ne, lt, le, ge, gt
 * or masked-eq, which alone looks at the mask. Numbers are decimal, or hexadecimal after 0x.
 */

enum { MAX_RULES = 4096, MAX_ARGUMENTS = 6 };

enum operation { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GE, OP_GT, OP_MASKED_EQ };

struct comparison {
  unsigned argument;
  enum operation operation;
  uint64_t value;
  uint64_t mask;
};

/* In the order in which they are tried. */
enum severity { RULE_KILL, RULE_ERRNO, RULE_ALLOW };

struct rule {
  unsigned number; /* of the system call, on this architecture */
  enum severity severity;
  uint32_t action; /* SECCOMP_RET_* */
  size_t position; /* keeps equal ones in the order of the profile */
  size_t comparison_count;
  struct comparison comparisons[MAX_ARGUMENTS];
};

struct rules {
  uint32_t fallback;
  size_t count;
  struct rule list[MAX_RULES];
};

/*
 * Reads rules. Names that this architecture lacks are left out: profiles name the calls of all of them. Returns 0, or
 * -1 with what is wrong in `error`.
 */
int parse_rules(const char *words, size_t length, struct rules *rules, char *error, size_t error_size);

#endif
