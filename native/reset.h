#ifndef ORK_RESET_H
#define ORK_RESET_H

#include <stdbool.h>
#include <sys/types.h>

#include "plan.h"

/*
 * Ends every process of the namespace but this one and the worker, and empties the scratch folders. False when
 * something was left: then the worker must not be used again.
 */
bool reset_surroundings(pid_t worker, const struct plan *plan);

#endif
