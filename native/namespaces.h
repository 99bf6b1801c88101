#ifndef ORK_NAMESPACES_H
#define ORK_NAMESPACES_H

#include "plan.h"

/* Forks into the new namespaces of the plan. Returns as fork does. */
pid_t fork_into_namespaces(unsigned namespaces);

/* From outside: makes the user and the group of the plan the only ones in the user namespace of `child`. */
void map_ids(pid_t child, const struct plan *plan);

/* From outside: puts `child` into the control groups of the plan. */
void join_cgroups(pid_t child, const struct plan *plan);

/* The process that `parent` has started; 0 when there is none any more. */
pid_t only_child_of(pid_t parent);

/*
 * A user namespace that nobody lives in, for a mount whose files of `owner` and `group` belong to the worker inside.
 * The same descriptor for the same pair.
 */
int id_map_for(const struct entry *entry, const struct plan *plan);

/* Inside: makes the loopback interface of a new network namespace usable. */
void raise_loopback(void);

#endif
