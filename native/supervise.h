#ifndef ORK_SUPERVISE_H
#define ORK_SUPERVISE_H

#include <sys/types.h>

#include "plan.h"

/* Blocks the signals that the two supervising processes wait for. The worker has them unblocked again. */
void block_signals(void);
void unblock_signals(void);

/*
 * Inside, the first process of its namespace: reaps, hands signals on to the worker, answers requests on the control
 * descriptor, and ends with the worker. Does not return.
 */
_Noreturn void supervise_worker(pid_t worker, const struct plan *plan);

/* Outside: hands signals on to `child` and ends as it does. Does not return. */
_Noreturn void follow(pid_t child);

#endif
