#include "namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report.h"

enum { MAX_ID_MAPS = 16, MAX_PROC_PATH = 64 };

struct id_map {
  uid_t owner;
  gid_t group;
  int namespace;
};

pid_t fork_into_namespaces(unsigned namespaces) {
  return (pid_t)syscall(SYS_clone, (unsigned long)(namespaces | SIGCHLD), NULL, NULL, NULL, NULL);
}

static void write_file(const char *path, const char *text, const char *step) {
  int file = must(open(path, O_WRONLY | O_CLOEXEC), step, path);
  /* A process that has ended meanwhile tells by itself why. */
  if (write(file, text, strlen(text)) < 0 && errno != ESRCH) fail(step, path, errno);
  close(file);
}

static void write_id_map(pid_t child, const char *map, unsigned inside, unsigned outside) {
  char path[MAX_PROC_PATH];
  char line[64];
  snprintf(path, sizeof path, "/proc/%d/%s", child, map);
  snprintf(line, sizeof line, "%u %u 1\n", inside, outside);
  write_file(path, line, "user namespace");
}

void map_ids(pid_t child, const struct plan *plan) {
  char path[MAX_PROC_PATH];
  snprintf(path, sizeof path, "/proc/%d/setgroups", child);
  write_file(path, "deny", "user namespace");
  write_id_map(child, "uid_map", plan->uid, plan->uid);
  write_id_map(child, "gid_map", plan->gid, plan->gid);
}

void join_cgroups(pid_t child, const struct plan *plan) {
  char line[16];
  snprintf(line, sizeof line, "%d", child);
  for (size_t i = 0; i < plan->cgroup_count; i++) write_file(plan->cgroups[i], line, "cgroup");
}

pid_t only_child_of(pid_t parent) {
  char path[MAX_PROC_PATH];
  char text[32] = {0};
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent, parent);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  return length <= 0 ? 0 : (pid_t)strtol(text, NULL, 10);
}

static int new_id_map(const struct entry *entry, const struct plan *plan) {
  pid_t parent = getpid();
  pid_t holder = must(fork_into_namespaces(CLONE_NEWUSER), "id-mapped mount", entry->target);
  if (holder == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* It may have died before this process asked to die with it. */
    while (getppid() == parent) pause();
    _exit(EXIT_STEP_FAILED);
  }
  write_id_map(holder, "uid_map", entry->owner, plan->uid);
  write_id_map(holder, "gid_map", entry->group, plan->gid);
  char path[MAX_PROC_PATH];
  snprintf(path, sizeof path, "/proc/%d/ns/user", holder);
  int namespace = must(open(path, O_RDONLY | O_CLOEXEC), "id-mapped mount", entry->target);
  kill(holder, SIGKILL);
  waitpid(holder, NULL, 0);
  return namespace;
}

int id_map_for(const struct entry *entry, const struct plan *plan) {
  static struct id_map maps[MAX_ID_MAPS];
  static size_t count;
  for (size_t i = 0; i < count; i++) {
    if (maps[i].owner == entry->owner && maps[i].group == entry->group) return maps[i].namespace;
  }
  if (count == MAX_ID_MAPS) fail("id-mapped mount", entry->target, ENOSPC);
  struct id_map *map = &maps[count++];
  *map = (struct id_map){entry->owner, entry->group, new_id_map(entry, plan)};
  return map->namespace;
}

void raise_loopback(void) {
  int any = must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "loopback", NULL);
  struct ifreq request = {.ifr_name = "lo"};
  must(ioctl(any, SIOCGIFFLAGS, &request), "loopback", NULL);
  request.ifr_flags |= IFF_UP;
  must(ioctl(any, SIOCSIFFLAGS, &request), "loopback", NULL);
  close(any);
}
