#include "filter_program.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/bpf_common.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdlib.h>

#if defined(__x86_64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
/* The numbers of the x32 interface, which has the same architecture as far as a filter can see. */
#define FIRST_FOREIGN_NUMBER 0x40000000U
#elif defined(__aarch64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "filters are made for x86_64 and aarch64 only"
#endif

enum { SAME = 0, MAX_JUMP = 255, MAX_FAILURES = MAX_ARGUMENTS * 2 };

/* A run of numbers that are answered alike: by the rules `first` … `end`-1, or by `action` when there are none. */
struct segment {
  unsigned from;
  uint32_t action;
  const struct rule *first;
  const struct rule *end;
};

struct segments {
  size_t count;
  struct segment list[2 * MAX_RULES + 1];
};

/* Jumps of one rule that lead to the next one, whose place is not known yet. */
struct failures {
  size_t count;
  unsigned char *jumps[MAX_FAILURES];
  size_t places[MAX_FAILURES];
};

/* Beyond the end the last place is overwritten: `generate_program` looks at the length once, at the end. */
static struct sock_filter *emit(struct program *program, unsigned code, uint32_t k) {
  struct sock_filter *made = &program->code[program->length];
  *made = (struct sock_filter){.code = (unsigned short)code, .k = k};
  if (program->length < BPF_MAXINSNS) program->length++;
  return made;
}

static struct sock_filter *jump(struct program *program, unsigned test, uint32_t k, size_t yes, size_t no) {
  struct sock_filter *made = emit(program, BPF_JMP | test | BPF_K, k);
  made->jt = (unsigned char)yes;
  made->jf = (unsigned char)no;
  return made;
}

static void load(struct program *program, size_t offset) {
  emit(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

static void answer(struct program *program, uint32_t action) { emit(program, BPF_RET | BPF_K, action); }

static void fail_by(struct failures *failures, const struct program *program, unsigned char *side) {
  failures->places[failures->count] = program->length;
  failures->jumps[failures->count++] = side;
}

/* Jumps count from the instruction after them. */
static void land(const struct failures *failures, const struct program *program) {
  for (size_t i = 0; i < failures->count; i++) {
    *failures->jumps[i] = (unsigned char)(program->length - failures->places[i]);
  }
}

static size_t low_half(const struct comparison *comparison) {
  return offsetof(struct seccomp_data, args) + comparison->argument * sizeof(uint64_t);
}

static size_t high_half(const struct comparison *comparison) { return low_half(comparison) + sizeof(uint32_t); }

static void require_half(struct program *program, size_t offset, uint32_t value, uint32_t mask,
                         struct failures *failures) {
  if (mask == 0) return;
  load(program, offset);
  if (mask != UINT32_MAX) emit(program, BPF_ALU | BPF_AND | BPF_K, mask);
  fail_by(failures, program, &jump(program, BPF_JEQ, value, SAME, SAME)->jf);
}

static void require_equal(struct program *program, const struct comparison *comparison, struct failures *failures) {
  uint64_t value = comparison->value, mask = comparison->mask;
  require_half(program, high_half(comparison), (uint32_t)(value >> 32), (uint32_t)(mask >> 32), failures);
  require_half(program, low_half(comparison), (uint32_t)value, (uint32_t)mask, failures);
}

static void require_different(struct program *program, const struct comparison *comparison,
                              struct failures *failures) {
  load(program, high_half(comparison));
  jump(program, BPF_JEQ, (uint32_t)(comparison->value >> 32), SAME, 2);
  load(program, low_half(comparison));
  fail_by(failures, program, &jump(program, BPF_JEQ, (uint32_t)comparison->value, SAME, SAME)->jt);
}

/* `test` is what the lower half has to pass: BPF_JGT or BPF_JGE. */
static void require_above(struct program *program, const struct comparison *comparison, unsigned test,
                          struct failures *failures) {
  uint32_t high = (uint32_t)(comparison->value >> 32);
  load(program, high_half(comparison));
  jump(program, BPF_JGT, high, 3, SAME);
  fail_by(failures, program, &jump(program, BPF_JEQ, high, SAME, SAME)->jf);
  load(program, low_half(comparison));
  fail_by(failures, program, &jump(program, test, (uint32_t)comparison->value, SAME, SAME)->jf);
}

/* `test` is what the lower half must not pass. */
static void require_below(struct program *program, const struct comparison *comparison, unsigned test,
                          struct failures *failures) {
  uint32_t high = (uint32_t)(comparison->value >> 32);
  load(program, high_half(comparison));
  fail_by(failures, program, &jump(program, BPF_JGT, high, SAME, SAME)->jt);
  jump(program, BPF_JEQ, high, SAME, 2);
  load(program, low_half(comparison));
  fail_by(failures, program, &jump(program, test, (uint32_t)comparison->value, SAME, SAME)->jt);
}

static void require(struct program *program, const struct comparison *comparison, struct failures *failures) {
  switch (comparison->operation) {
    case OP_EQ:
    case OP_MASKED_EQ:
      require_equal(program, comparison, failures);
      break;
    case OP_NE:
      require_different(program, comparison, failures);
      break;
    case OP_LT:
      require_below(program, comparison, BPF_JGE, failures);
      break;
    case OP_LE:
      require_below(program, comparison, BPF_JGT, failures);
      break;
    case OP_GE:
      require_above(program, comparison, BPF_JGE, failures);
      break;
    case OP_GT:
      require_above(program, comparison, BPF_JGT, failures);
      break;
  }
}

static void emit_rule(struct program *program, const struct rule *rule) {
  struct failures failures = {.count = 0};
  for (size_t i = 0; i < rule->comparison_count; i++) require(program, &rule->comparisons[i], &failures);
  answer(program, rule->action);
  land(&failures, program);
}

/* Halves the segments until one is left: about seven comparisons for any number. */
static void emit_segments(struct program *program, const struct segment *segments, size_t count) {
  if (count == 1) {
    for (const struct rule *rule = segments->first; rule < segments->end; rule++) emit_rule(program, rule);
    answer(program, segments->action);
    return;
  }
  size_t half = count / 2;
  jump(program, BPF_JGE, segments[half].from, SAME, 1);
  /* A conditional jump reaches 255 instructions, this one any. */
  struct sock_filter *upper = emit(program, BPF_JMP | BPF_JA, 0);
  size_t start = program->length;
  emit_segments(program, segments, half);
  upper->k = (uint32_t)(program->length - start);
  emit_segments(program, segments + half, count - half);
}

static bool is_plain(const struct segment *segment) { return segment->first == segment->end; }

static void add_segment(struct segments *segments, const struct segment *added) {
  if (segments->count > 0 && segments->list[segments->count - 1].from == added->from) segments->count--;
  const struct segment *last = segments->count > 0 ? &segments->list[segments->count - 1] : NULL;
  if (last != NULL && is_plain(last) && is_plain(added) && last->action == added->action) return;
  segments->list[segments->count++] = *added;
}

/* The segment of the call that `first` is about. What comes after a rule without comparisons is never reached. */
static struct segment segment_of(const struct rule *first, const struct rule *end, uint32_t fallback) {
  const struct rule *rule = first;
  while (rule < end && rule->number == first->number && rule->comparison_count > 0) rule++;
  bool all = rule < end && rule->number == first->number;
  return (struct segment){first->number, all ? rule->action : fallback, first, rule};
}

static void divide(const struct rules *rules, struct segments *segments) {
  const struct rule *end = rules->list + rules->count;
  struct segment others = {0, rules->fallback, NULL, NULL};
  segments->count = 0;
  add_segment(segments, &others);
  for (const struct rule *rule = rules->list; rule < end;) {
    struct segment segment = segment_of(rule, end, rules->fallback);
    add_segment(segments, &segment);
    others.from = segment.from + 1;
    add_segment(segments, &others);
    while (rule < end && rule->number == segment.from) rule++;
  }
}

static int compare_rules(const void *left, const void *right) {
  const struct rule *a = left, *b = right;
  if (a->number != b->number) return a->number < b->number ? -1 : 1;
  bool a_conditional = a->comparison_count > 0, b_conditional = b->comparison_count > 0;
  if (a_conditional != b_conditional) return a_conditional ? -1 : 1;
  if (a->severity != b->severity) return a->severity < b->severity ? -1 : 1;
  return a->position < b->position ? -1 : a->position > b->position;
}

static void emit_architecture(struct program *program) {
  load(program, offsetof(struct seccomp_data, arch));
  jump(program, BPF_JEQ, NATIVE_ARCHITECTURE, 1, SAME);
  answer(program, SECCOMP_RET_KILL_PROCESS);
  load(program, offsetof(struct seccomp_data, nr));
#ifdef FIRST_FOREIGN_NUMBER
  jump(program, BPF_JGE, FIRST_FOREIGN_NUMBER, SAME, 1);
  answer(program, SECCOMP_RET_KILL_PROCESS);
#endif
}

int generate_program(struct rules *rules, struct program *program) {
  static struct segments segments;
  qsort(rules->list, rules->count, sizeof *rules->list, compare_rules);
  divide(rules, &segments);
  program->length = 0;
  emit_architecture(program);
  emit_segments(program, segments.list, segments.count);
  return program->length < BPF_MAXINSNS ? 0 : -1;
}
