#include "reset.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ROUNDS = 200, ROUND_NANOSECONDS = 1000000, MAX_SWEEPS = 100000, NAME_BYTES = 32 };

/* Neither into a link nor into another mount: the workspace may lie below /tmp. */
static int open_within(int parent, const char *name) {
  struct open_how how = {
      .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
      .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
  };
  return (int)syscall(SYS_openat2, parent, name, &how, sizeof how);
}

/* Only a folder of the worker's own making is ever unreadable: another mount is refused before that is looked at. */
static int open_folder(int parent, const char *name) {
  int folder = open_within(parent, name);
  if (folder >= 0 || errno != EACCES || fchmodat(parent, name, 0700, 0) < 0) return folder;
  return open_within(parent, name);
}

static bool is_dots(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/*
 * Removes what is in `folder`. Folders in it are moved up into `top` under a number, to be emptied later: however
 * deep somebody has nested them, no recursion goes down after them. Returns how many were moved.
 */
static unsigned empty_folder(int folder, int top, unsigned *number) {
  unsigned moved = 0;
  int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *entries = copy < 0 ? NULL : fdopendir(copy);
  if (entries == NULL) return 0;
  for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
    if (is_dots(entry->d_name) || unlinkat(folder, entry->d_name, 0) == 0) continue;
    if (unlinkat(folder, entry->d_name, AT_REMOVEDIR) == 0 || folder == top) continue;
    char name[NAME_BYTES];
    snprintf(name, sizeof name, ".ork-reset-%u", (*number)++);
    if (renameat(folder, entry->d_name, top, name) == 0) moved++;
  }
  closedir(entries);
  return moved;
}

/* One pass over the folders that lie directly in `top`. Returns how many folders came up from below. */
static unsigned sweep(int top, unsigned *number) {
  unsigned moved = 0;
  int copy = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *entries = copy < 0 ? NULL : fdopendir(copy);
  if (entries == NULL) return 0;
  for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
    if (is_dots(entry->d_name)) continue;
    int folder = open_folder(top, entry->d_name);
    if (folder < 0) continue;
    moved += empty_folder(folder, top, number);
    close(folder);
    unlinkat(top, entry->d_name, AT_REMOVEDIR);
  }
  closedir(entries);
  return moved;
}

static bool is_mount_parent(const char *folder, const char *name, const struct plan *plan) {
  size_t length = strlen(folder);
  for (size_t i = 0; i < plan->entry_count; i++) {
    const char *target = plan->entries[i].target;
    if (strncmp(target, folder, length) != 0 || target[length] != '/') continue;
    size_t part = strcspn(target + length + 1, "/");
    if (strlen(name) == part && strncmp(target + length + 1, name, part) == 0) return true;
  }
  return false;
}

/* What may be left are the folders in which other mounts lie. */
static bool is_empty(int top, const char *path, const struct plan *plan) {
  int copy = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *entries = copy < 0 ? NULL : fdopendir(copy);
  if (entries == NULL) return false;
  bool empty = true;
  for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
    if (!is_dots(entry->d_name) && !is_mount_parent(path, entry->d_name, plan)) empty = false;
  }
  closedir(entries);
  return empty;
}

static bool empty_scratch(const char *path, const struct plan *plan) {
  int top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (top < 0) return false;
  unsigned number = 0;
  empty_folder(top, top, &number);
  for (unsigned sweeps = 0; sweeps < MAX_SWEEPS && sweep(top, &number) > 0; sweeps++) {
  }
  bool empty = is_empty(top, path, plan);
  close(top);
  return empty;
}

/* One pass over the processes of the namespace. Returns how many others there still were. */
static unsigned kill_others(pid_t worker) {
  unsigned others = 0;
  DIR *processes = opendir("/proc");
  if (processes == NULL) return 1;
  for (struct dirent *entry = readdir(processes); entry != NULL; entry = readdir(processes)) {
    pid_t process = (pid_t)strtol(entry->d_name, NULL, 10);
    if (process <= 0 || process == getpid() || process == worker) continue;
    others++;
    kill(process, SIGKILL);
  }
  closedir(processes);
  return others;
}

static bool end_others(pid_t worker) {
  for (int round = 0; round < MAX_ROUNDS; round++) {
    if (kill_others(worker) == 0) return true;
    struct timespec pause = {.tv_nsec = ROUND_NANOSECONDS};
    nanosleep(&pause, NULL);
    /* Those that were left to this process; the worker's end is the supervisor's to see. */
    siginfo_t ended = {0};
    while (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid > 0) {
      if (ended.si_pid == worker) return false;
      waitpid(ended.si_pid, NULL, 0);
      ended.si_pid = 0;
    }
  }
  return false;
}

bool reset_surroundings(pid_t worker, const struct plan *plan) {
  bool clean = end_others(worker);
  for (size_t i = 0; i < plan->scratch_count; i++) {
    if (!empty_scratch(plan->scratch[i], plan)) clean = false;
  }
  return clean;
}
