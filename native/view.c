#include "view.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "namespaces.h"
#include "report.h"

/* Any folder of the host: it is covered in this mount namespace only, and only until the root is replaced. */
#define STAGE "/tmp"
#define STEP "mounts"

enum { MAX_PATH = 4096, ROOT_BYTES = 1024 * 1024 };

static void prepare_id_map(const struct entry *entry, const struct plan *plan) {
  if (entry->kind == ENTRY_BIND && entry->id_mapped) id_map_for(entry, plan);
}

void prepare_id_maps(const struct plan *plan) {
  for (size_t i = 0; i < plan->entry_count; i++) prepare_id_map(&plan->entries[i], plan);
}

static int open_beneath(int folder, const char *path, uint64_t flags) {
  struct open_how how = {
      .flags = flags | O_CLOEXEC,
      .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };
  return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

static void set_attributes(int mount, struct mount_attr *attributes, const char *subject) {
  long result = syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | AT_RECURSIVE, attributes, sizeof *attributes);
  must((int)result, STEP, subject);
}

static uint64_t attributes_of(const struct entry *entry) {
  return MOUNT_ATTR_NOSUID | (entry->kind == ENTRY_DEVICE ? 0 : MOUNT_ATTR_NODEV) |
         (entry->read_only ? MOUNT_ATTR_RDONLY : 0) | (entry->no_exec ? MOUNT_ATTR_NOEXEC : 0);
}

/* Who owns it was looked at by path: somebody may have put another thing in its place since. */
static void check_owner(int opened, const char *source, const struct entry *entry) {
  struct stat status;
  must(fstat(opened, &status), STEP, source);
  if (status.st_uid != entry->owner || status.st_gid != entry->group) fail(STEP, source, ESTALE);
}

static int clone_tree(const char *source, const struct entry *entry, const struct plan *plan) {
  int opened = must(open_beneath(AT_FDCWD, source, O_PATH), STEP, source);
  if (entry->owned) check_owner(opened, source, entry);
  long tree = syscall(SYS_open_tree, opened, "",
                      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH);
  int mount = must((int)tree, STEP, source);
  close(opened);
  struct mount_attr attributes = {.attr_set = attributes_of(entry)};
  set_attributes(mount, &attributes, source);
  if (entry->id_mapped) {
    struct mount_attr mapped = {
        .attr_set = MOUNT_ATTR_IDMAP,
        .userns_fd = (unsigned)id_map_for(entry, plan),
    };
    long result = syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | AT_RECURSIVE, &mapped, sizeof mapped);
    must((int)result, "id-mapped mount", source);
  }
  return mount;
}

static void configure(int context, const char *key, const char *value) {
  must((int)syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, value, 0), STEP, key);
}

static int finish_mount(int context, uint64_t attributes, const char *subject) {
  must((int)syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), STEP, subject);
  int mount = must((int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes), STEP, subject);
  close(context);
  return mount;
}

static int open_filesystem(const char *type) {
  return must((int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC), STEP, type);
}

static void configure_number(int context, const char *key, const char *format, unsigned long long value) {
  char text[32];
  snprintf(text, sizeof text, format, value);
  configure(context, key, text);
}

static int new_tmpfs(const struct entry *entry, uid_t owner, gid_t group) {
  int context = open_filesystem("tmpfs");
  configure_number(context, "size", "%llu", entry->bytes);
  configure_number(context, "mode", "%llo", entry->mode);
  configure_number(context, "uid", "%llu", owner);
  configure_number(context, "gid", "%llu", group);
  return finish_mount(context, attributes_of(entry), entry->target);
}

static int new_proc(const struct entry *entry) {
  int context = must((int)syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC), "proc", NULL);
  long created = syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
  must((int)created, "proc", NULL);
  uint64_t attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  int mount = must((int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes), "proc", entry->target);
  close(context);
  return mount;
}

/* What covers a masked path: nothing to read where a file is, an empty folder where a folder is. */
static int new_mask(const struct entry *entry, const struct plan *plan) {
  struct stat status;
  if (lstat(entry->target, &status) < 0) return -1;
  struct entry cover = {.kind = ENTRY_DEVICE, .target = entry->target, .read_only = true, .no_exec = true};
  if (!S_ISDIR(status.st_mode)) return clone_tree("/dev/null", &cover, plan);
  cover.kind = ENTRY_TMPFS;
  cover.bytes = 4096;
  cover.mode = 0555;
  return new_tmpfs(&cover, plan->uid, plan->gid);
}

static int prepare_mount(const struct entry *entry, const struct plan *plan) {
  switch (entry->kind) {
    case ENTRY_BIND:
      return clone_tree(entry->source, entry, plan);
    case ENTRY_DEVICE:
      return clone_tree(entry->target, entry, plan);
    case ENTRY_TMPFS:
      return new_tmpfs(entry, plan->uid, plan->gid);
    case ENTRY_PROC:
      return new_proc(entry);
    case ENTRY_MASK:
      return new_mask(entry, plan);
    case ENTRY_DIRECTORY:
    case ENTRY_SYMLINK:
    case ENTRY_FILE:
      return -1;
  }
  return -1;
}

static void replace_root(void) {
  struct entry root = {.kind = ENTRY_TMPFS, .target = "/", .bytes = ROOT_BYTES, .mode = 0755};
  int context = open_filesystem("tmpfs");
  configure_number(context, "size", "%llu", root.bytes);
  configure(context, "mode", "755");
  int mount = finish_mount(context, attributes_of(&root), root.target);
  must((int)syscall(SYS_move_mount, mount, "", AT_FDCWD, STAGE, MOVE_MOUNT_F_EMPTY_PATH), STEP, STAGE);
  close(mount);
  must(chdir(STAGE), STEP, STAGE);
  must((int)syscall(SYS_pivot_root, ".", "."), STEP, "/");
  must(umount2(".", MNT_DETACH), STEP, "/");
  must(chdir("/"), STEP, "/");
}

/* The folder that `target` is in, made with those above it where they are missing. */
static int open_parent(const char *target) {
  char path[MAX_PATH];
  size_t length = strlen(target);
  if (length >= sizeof path) fail(STEP, target, ENAMETOOLONG);
  memcpy(path, target, length + 1);
  for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    if (mkdir(path, 0755) < 0 && errno != EEXIST) fail(STEP, path, errno);
    *slash = '/';
  }
  char *last = strrchr(path, '/');
  if (last == path) last++;
  *last = '\0';
  return must(open_beneath(AT_FDCWD, path, O_PATH | O_DIRECTORY), STEP, path);
}

static const char *name_of(const char *target) { return strrchr(target, '/') + 1; }

static void make_file(int parent, const struct entry *entry, const char *content) {
  int file = openat(parent, name_of(entry->target), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (file < 0 && content == NULL && (errno == EEXIST || errno == EROFS || errno == EACCES)) return;
  must(file, STEP, entry->target);
  if (content != NULL && write(file, content, strlen(content)) < 0) fail(STEP, entry->target, errno);
  close(file);
}

static void make_directory(int parent, const struct entry *entry, unsigned mode) {
  int made = mkdirat(parent, name_of(entry->target), mode);
  if (made < 0 && errno != EEXIST && errno != EROFS && errno != EACCES) fail(STEP, entry->target, errno);
}

static void place_mount(int parent, int mount, const struct entry *entry) {
  struct stat status;
  must(fstat(mount, &status), STEP, entry->target);
  bool there = faccessat(parent, name_of(entry->target), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
  if (!there && S_ISDIR(status.st_mode)) make_directory(parent, entry, 0755);
  if (!there && !S_ISDIR(status.st_mode)) make_file(parent, entry, NULL);
  int target = must(open_beneath(parent, name_of(entry->target), O_PATH), STEP, entry->target);
  long moved = syscall(SYS_move_mount, mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
  must((int)moved, STEP, entry->target);
  close(target);
  close(mount);
}

static void place(const struct entry *entry, int mount) {
  if (entry->kind == ENTRY_MASK && mount < 0) return;
  int parent = open_parent(entry->target);
  if (mount >= 0) {
    place_mount(parent, mount, entry);
  } else if (entry->kind == ENTRY_DIRECTORY) {
    make_directory(parent, entry, entry->mode);
  } else if (entry->kind == ENTRY_SYMLINK) {
    if (symlinkat(entry->source, parent, name_of(entry->target)) < 0 && errno != EEXIST) {
      fail(STEP, entry->target, errno);
    }
  } else {
    make_file(parent, entry, entry->source);
  }
  close(parent);
}

static void seal_root(void) {
  int root = must(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), STEP, "/");
  struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
  must((int)syscall(SYS_mount_setattr, root, "", AT_EMPTY_PATH, &attributes, sizeof attributes), STEP, "/");
  close(root);
}

void enter_view(const struct plan *plan) {
  int mounts[PLAN_MAX_ENTRIES];
  umask(022);
  must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), STEP, "/");
  for (size_t i = 0; i < plan->entry_count; i++) mounts[i] = prepare_mount(&plan->entries[i], plan);
  replace_root();
  for (size_t i = 0; i < plan->entry_count; i++) place(&plan->entries[i], mounts[i]);
  seal_root();
}
