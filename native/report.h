#ifndef ORK_REPORT_H
#define ORK_REPORT_H

/*
 * How errors are told: a step that fails writes one line of JSON to the control descriptor, naming the step, its
 * subject and the error number, and the process ends with EXIT_STEP_FAILED. There is no other way out of a step.
 */

enum { CONTROL_FD = 4, EXIT_STEP_FAILED = 71 };

/* Ends the process. `subject` may be NULL; `error` is a number of errno, or 0 when there is none. */
_Noreturn void fail(const char *step, const char *subject, int error);

/* `fail` with the errno of the call that has just failed, when `result` is negative. */
int must(int result, const char *step, const char *subject);

/* {"event":EVENT,"KEY":value} */
void report_number(const char *event, const char *key, long value);

#endif
