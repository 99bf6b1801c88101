#ifndef ORK_SYSCALL_NAMES_H
#define ORK_SYSCALL_NAMES_H

/* The number of a system call on this architecture; -1 when it has none of that name. */
int syscall_number(const char *name);

#endif
