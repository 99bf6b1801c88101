#ifndef ORK_LANDLOCK_H
#define ORK_LANDLOCK_H

#include "plan.h"

/*
 * A second wall behind the mounts: whatever their flags, files change only where the plan has something to write.
 * Processes outside can be neither signalled nor reached by abstract sockets, where the kernel knows how. Does nothing
 * on kernels without Landlock, or with its first version, which forbids to move files between folders.
 */
void restrict_writes(const struct plan *plan);

#endif
