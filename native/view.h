#ifndef ORK_VIEW_H
#define ORK_VIEW_H

#include "plan.h"

/* Prepares the id maps of the plan's mounts, from outside: they are made through the host's /proc. */
void prepare_id_maps(const struct plan *plan);

/*
 * Replaces the root by the view of the plan. All sources are opened, without following links, before the host's
 * files disappear, and are mounted by descriptor: nobody can swap what was opened. Needs a mount namespace.
 */
void enter_view(const struct plan *plan);

#endif
