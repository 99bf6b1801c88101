#include "reset.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ROUNDS = 200, ROUND_NANOSECONDS = 1000000, MAX_SWEEPS = 100000, NAME_BYTES = 32 };

/*
 * A folder of the same file system, which is one in memory that nobody else has: neither a link nor another mount, as
 * the workspace is, which may lie below /tmp. One that the worker has made unreadable is made readable.
 */
static int open_within(int parent, const char *name) {
  struct stat above;
  struct stat status;
  if (fstat(parent, &above) < 0 || fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0) return -1;
  if (!S_ISDIR(status.st_mode) || status.st_dev != above.st_dev) return -1;
  int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder >= 0 || errno != EACCES || fchmodat(parent, name, 0700, 0) < 0) return folder;
  return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool is_dots(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static DIR *entries_of(int folder) {
  int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return copy < 0 ? NULL : fdopendir(copy);
}

/* True for the next step from `folder` on the way to a mount of the plan. NULL is a folder that leads to none. */
static bool leads_to_mount(const char *folder, const char *name, const struct plan *plan) {
  if (folder == NULL) return false;
  size_t length = strlen(folder);
  for (size_t i = 0; i < plan->entry_count; i++) {
    const char *target = plan->entries[i].target;
    if (strncmp(target, folder, length) != 0 || target[length] != '/') continue;
    size_t part = strcspn(target + length + 1, "/");
    if (strlen(name) == part && strncmp(target + length + 1, name, part) == 0) return true;
  }
  return false;
}

/*
 * Removes what is in `folder`, but for the way to other mounts. Folders in it are moved up into `top` under a number, to
 * be emptied later: however deep somebody has nested them, no recursion goes down after them. Returns how many moved.
 */
static unsigned empty_folder(int folder, const char *path, int top, const struct plan *plan) {
  static unsigned number;
  unsigned moved = 0;
  DIR *entries = entries_of(folder);
  if (entries == NULL) return 0;
  for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
    if (is_dots(entry->d_name) || leads_to_mount(path, entry->d_name, plan)) continue;
    if (unlinkat(folder, entry->d_name, 0) == 0) continue;
    if (unlinkat(folder, entry->d_name, AT_REMOVEDIR) == 0 || folder == top) continue;
    char name[NAME_BYTES];
    snprintf(name, sizeof name, ".ork-reset-%u", number++);
    if (renameat(folder, entry->d_name, top, name) == 0) moved++;
  }
  closedir(entries);
  return moved;
}

/* One pass over the folders that lie directly in `top`. Returns how many folders came up from below. */
static unsigned sweep(int top, const char *path, const struct plan *plan) {
  unsigned moved = 0;
  DIR *entries = entries_of(top);
  if (entries == NULL) return 0;
  for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
    if (is_dots(entry->d_name) || leads_to_mount(path, entry->d_name, plan)) continue;
    int folder = open_within(top, entry->d_name);
    if (folder < 0) continue;
    moved += empty_folder(folder, NULL, top, plan);
    close(folder);
    unlinkat(top, entry->d_name, AT_REMOVEDIR);
  }
  closedir(entries);
  return moved;
}

/* What may be left are the folders on the way to other mounts. */
static bool is_empty(int folder, const char *path, const struct plan *plan) {
  DIR *entries = entries_of(folder);
  if (entries == NULL) return false;
  bool empty = true;
  for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
    if (!is_dots(entry->d_name) && !leads_to_mount(path, entry->d_name, plan)) empty = false;
  }
  closedir(entries);
  return empty;
}

/* True for what is shown of the host: nothing of that is ours to empty. */
static bool lies_in_mount(const char *path, const struct plan *plan) {
  for (size_t i = 0; i < plan->entry_count; i++) {
    const struct entry *entry = &plan->entries[i];
    size_t length = strlen(entry->target);
    bool within = strncmp(path, entry->target, length) == 0 && (path[length] == '/' || path[length] == '\0');
    if (entry->kind == ENTRY_BIND && within) return true;
  }
  return false;
}

/* The folder `path` lies on the way from `top` to a mount. */
static bool empty_way(const char *path, int top, const struct plan *plan) {
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (folder < 0) return false;
  empty_folder(folder, path, top, plan);
  bool empty = is_empty(folder, path, plan);
  close(folder);
  return empty;
}

static bool empty_ways(const char *scratch, int top, const struct plan *plan) {
  bool empty = true;
  size_t length = strlen(scratch);
  for (size_t i = 0; i < plan->entry_count; i++) {
    const char *target = plan->entries[i].target;
    char path[PATH_MAX];
    if (strncmp(target, scratch, length) != 0 || target[length] != '/') continue;
    for (const char *slash = strchr(target + length + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
      size_t part = (size_t)(slash - target);
      if (part >= sizeof path) return false;
      memcpy(path, target, part);
      path[part] = '\0';
      if (!lies_in_mount(path, plan) && !empty_way(path, top, plan)) empty = false;
    }
  }
  return empty;
}

static bool empty_scratch(const char *path, const struct plan *plan) {
  int top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (top < 0) return false;
  empty_folder(top, path, top, plan);
  bool empty = empty_ways(path, top, plan);
  for (unsigned sweeps = 0; sweeps < MAX_SWEEPS && sweep(top, path, plan) > 0; sweeps++) {
  }
  if (!is_empty(top, path, plan)) empty = false;
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

/* The ids of a kind of System V object: the second column of its file, below the heading. */
static bool remove_objects(const char *file, int (*remove_object)(int)) {
  FILE *objects = fopen(file, "re");
  if (objects == NULL) return false;
  char line[512];
  bool gone = fgets(line, sizeof line, objects) != NULL;
  while (fgets(line, sizeof line, objects) != NULL) {
    int id = 0;
    if (sscanf(line, "%*d %d", &id) != 1 || remove_object(id) < 0) gone = false;
  }
  fclose(objects);
  return gone;
}

static int remove_memory(int id) { return shmctl(id, IPC_RMID, NULL); }
static int remove_semaphores(int id) { return semctl(id, 0, IPC_RMID); }
static int remove_queue(int id) { return msgctl(id, IPC_RMID, NULL); }

static bool remove_ipc(const struct plan *plan) {
  if ((plan->namespaces & CLONE_NEWIPC) == 0) return false;
  bool memory = remove_objects("/proc/sysvipc/shm", remove_memory);
  bool semaphores = remove_objects("/proc/sysvipc/sem", remove_semaphores);
  return remove_objects("/proc/sysvipc/msg", remove_queue) && memory && semaphores;
}

bool reset_surroundings(pid_t worker, const struct plan *plan) {
  bool clean = end_others(worker);
  if (!remove_ipc(plan)) clean = false;
  for (size_t i = 0; i < plan->scratch_count; i++) {
    if (!empty_scratch(plan->scratch[i], plan)) clean = false;
  }
  return clean;
}
