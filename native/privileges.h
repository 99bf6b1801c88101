#ifndef ORK_PRIVILEGES_H
#define ORK_PRIVILEGES_H

#include "plan.h"

void apply_limits(const struct plan *plan);

/* Takes on the ids of the plan and gives every capability up, for good. */
void drop_privileges(const struct plan *plan);

/* Gives up every capability but the one to signal the processes of another user. */
void keep_only_kill(void);

/* Installs the system call filter of the plan, if it has one. Needs no_new_privs, which `drop_privileges` sets. */
void install_filter(const struct plan *plan);

#endif
