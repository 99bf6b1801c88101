#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Tries to get out of a sandbox: `attacks NAME=VALUE…`. Prints a line for each attempt: its name, and `succeeded` or the
 * name of the error number. The values say where there is something to be reached:
 *
 *   PROCESS  a process of the host            PORT, ABSTRACT  where somebody listens on the host
 *   FIRST    the first process (1)            GROUP           a cgroup.procs of the host
 *   GRANTED  a file granted to be read        DEVICE          a device in the workspace
 *   SHUT     a file of the host
 *
 * `attacks walk` prints every path that can be written, and how many it has tried; `attacks who` its user and group;
 * `attacks fork` makes processes and prints how many it got;
 * `attacks flip A B` exchanges two paths again and again.
 *
 * Each attempt has a process of its own, with mounts and a host name of its own where it can get them: without a
 * sandbox no attempt may harm anything.
 */

enum { TIME_LIMIT_SECONDS = 5, ABSTRACT_BYTES = 64, FAMILY_VSOCK = 40, FAMILY_XDP = 44, FAMILY_ALG = 38 };

static pid_t worker;
static unsigned long tried;

static const char *given(const char *name) {
  const char *value = getenv(name);
  return value == NULL ? "" : value;
}

static long number_given(const char *name, long otherwise) {
  const char *value = getenv(name);
  return value == NULL ? otherwise : strtol(value, NULL, 10);
}

static pid_t first_process(void) { return (pid_t)number_given("FIRST", 1); }

static int open_file(const char *path, int flags) { return open(path, flags | O_CLOEXEC); }

static int open_of(pid_t process, const char *name, int flags) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", process, name);
  return open_file(path, flags);
}

/* Mounts and namespaces. */
static int mount_memory(void) { return mount("none", "/tmp", "tmpfs", 0, NULL); }
static int mount_bind(void) { return mount("/", "/tmp", NULL, MS_BIND, NULL); }
static int mount_writable(void) { return mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, NULL); }
static int unmount(void) { return umount2("/proc", MNT_DETACH); }
static int pivot(void) { return (int)syscall(SYS_pivot_root, ".", "."); }
static int change_root(void) { return chroot("/tmp"); }
static int fsopen_memory(void) { return (int)syscall(SYS_fsopen, "tmpfs", 0); }
static int open_tree_clone(void) { return (int)syscall(SYS_open_tree, AT_FDCWD, "/", 1); }
static int unshare_user(void) { return unshare(CLONE_NEWUSER); }
static int unshare_mount(void) { return unshare(CLONE_NEWNS); }
static int unshare_net(void) { return unshare(CLONE_NEWNET); }
static int enter_namespace(void) { return setns(open_file("/proc/self/ns/uts", O_RDONLY), 0); }
static int rename_host(void) { return sethostname("escaped", 7); }

static int clone_user(void) {
  long child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) _exit(0);
  return (int)child;
}

static int clone_3(void) {
  struct clone_args args;
  memset(&args, 0, sizeof args);
  args.exit_signal = SIGCHLD;
  long child = syscall(SYS_clone3, &args, sizeof args);
  if (child == 0) _exit(0);
  return (int)child;
}

/* Other processes. Seizing stops nothing, and ends with this process. */
static int trace_worker(void) { return (int)ptrace(PTRACE_SEIZE, worker, NULL, NULL); }
static int trace_first(void) { return (int)ptrace(PTRACE_SEIZE, first_process(), NULL, NULL); }

static int read_memory_of(pid_t process) {
  static char here[16];
  struct iovec local = {here, sizeof here}, remote = {(void *)(uintptr_t)0x400000, sizeof here};
  return (int)process_vm_readv(process, &local, 1, &remote, 1, 0);
}

static int read_worker(void) { return read_memory_of(worker); }
static int read_first(void) { return read_memory_of(first_process()); }
static int open_worker_memory(void) { return open_of(worker, "mem", O_RDWR); }
static int open_worker_environment(void) { return open_of(worker, "environ", O_RDONLY); }
static int open_worker_maps(void) { return open_of(worker, "maps", O_RDONLY); }
static int open_worker_socket(void) { return open_of(worker, "fd/0", O_RDONLY); }
static int open_worker_root(void) { return open_of(worker, "root/tmp", O_RDONLY); }
static int open_first_memory(void) { return open_of(first_process(), "mem", O_RDWR); }
static int open_first_environment(void) { return open_of(first_process(), "environ", O_RDONLY); }
static int open_first_root(void) { return open_of(first_process(), "root/tmp", O_RDONLY); }
static int signal_process(void) { return kill((pid_t)number_given("PROCESS", 0), 0); }
static int open_process(void) { return (int)syscall(SYS_pidfd_open, number_given("PROCESS", 0), 0); }
static int take_descriptor(void) {
  return (int)syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, worker, 0), 0, 0);
}
static int compare_processes(void) { return syscall(SYS_kcmp, worker, worker, 1, 0, 0) < 0 ? -1 : 0; }

/* Network. */
static int packet_socket(void) { return socket(AF_PACKET, SOCK_RAW, 0); }
static int raw_socket(void) { return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP); }
static int alg_socket(void) { return socket(FAMILY_ALG, SOCK_SEQPACKET, 0); }
static int vsock_socket(void) { return socket(FAMILY_VSOCK, SOCK_STREAM, 0); }
static int xdp_socket(void) { return socket(FAMILY_XDP, SOCK_RAW, 0); }

static int connect_loopback(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)number_given("PORT", 1))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address);
}

static int connect_abstract(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t length = strnlen(given("ABSTRACT"), ABSTRACT_BYTES);
  memcpy(address.sun_path + 1, given("ABSTRACT"), length);
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
  return connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, size);
}

/* Keys, and what only an administrator does. */
static int session_keyring(void) {
  return (int)syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1);
}
static int add_key(void) { return (int)syscall(SYS_add_key, "user", "ork", "x", 1, KEY_SPEC_PROCESS_KEYRING); }
static int request_key(void) { return (int)syscall(SYS_request_key, "user", "ork-none", NULL, 0); }
static int user_fault(void) { return (int)syscall(SYS_userfaultfd, 1); }
static int ring(void) { return (int)syscall(SYS_io_uring_setup, 0, NULL); }
static int handle(void) { return (int)syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, 0); }
static int load_kernel(void) { return (int)syscall(SYS_kexec_load, 0, 0xffUL, NULL, 1UL); }
static int load_module(void) { return (int)syscall(SYS_init_module, NULL, 0UL, NULL); }
static int restart(void) { return (int)syscall(SYS_reboot, 0, 0, 0, NULL); }
static int swap(void) { return (int)syscall(SYS_swapon, "/ork-none", 0); }
static int kernel_log(void) { return (int)syscall(SYS_syslog, 10, NULL, 0); }
static int watch_files(void) { return (int)syscall(SYS_fanotify_init, 0, 0); }
static int push_input(void) { return ioctl(STDOUT_FILENO, TIOCSTI, "x"); }

static int load_program(void) {
  union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
  return (int)syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof map);
}

static int count_events(void) {
  struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE, .size = sizeof event};
  return (int)syscall(SYS_perf_event_open, &event, 0, -1, -1, 0);
}

/* Who one is, and how much one may have. */
static int become_root(void) { return setresuid(0, 0, 0); }
static int join_group(void) { return setgroups(1, (gid_t[]){0}); }

static int gain_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{1U << CAP_CHOWN, 1U << CAP_CHOWN, 0}, {0, 0, 0}};
  return (int)syscall(SYS_capset, &header, data);
}

static int set_limit(pid_t process, enum __rlimit_resource resource, rlim_t value) {
  struct rlimit limit = {value, value};
  return prlimit(process, resource, &limit, NULL);
}

static int raise_files(void) { return set_limit(0, RLIMIT_NOFILE, 8193); }
static int raise_core(void) { return set_limit(0, RLIMIT_CORE, 4096); }
static int raise_workers_core(void) { return set_limit(worker, RLIMIT_CORE, 4096); }
static int leave_group(void) { return open_file(given("GROUP"), O_WRONLY); }

/* Files. */
static int open_setting(void) { return open_file("/proc/sys/kernel/core_pattern", O_WRONLY); }
static int open_own_setting(void) { return open_file("/proc/sys/kernel/hostname", O_WRONLY); }
static int spare_from_oom(void) { return open_file("/proc/self/oom_score_adj", O_WRONLY); }
static int open_shut(void) { return open_file(given("SHUT"), O_RDONLY); }
static int open_host_devices(void) { return open_file("/sys/devices", O_RDONLY); }
static int write_node(void) { return open_of(worker, "exe", O_RDWR); }
static int use_device(void) { return open_file(given("DEVICE"), O_RDONLY); }
static int write_granted(void) { return open_file(given("GRANTED"), O_WRONLY); }
static int change_granted(void) { return chmod(given("GRANTED"), 0666); }

static int made(int result, const char *name) {
  if (result == 0) unlink(name);
  return result;
}

static int link_granted(void) { return made(link(given("GRANTED"), "hard"), "hard"); }
static int make_device(void) { return made(mknod("made", S_IFCHR | 0600, makedev(1, 3)), "made"); }
static int make_disk(void) { return made(mknod("made", S_IFBLK | 0600, makedev(7, 99)), "made"); }

static const struct attack {
  const char *name;
  int (*attempt)(void);
} ATTACKS[] = {
#define ATTACK(name) {#name, name}
    ATTACK(mount_memory),           ATTACK(mount_bind),          ATTACK(mount_writable),
    ATTACK(unmount),                ATTACK(pivot),               ATTACK(change_root),
    ATTACK(fsopen_memory),          ATTACK(open_tree_clone),     ATTACK(unshare_user),
    ATTACK(unshare_mount),          ATTACK(unshare_net),         ATTACK(enter_namespace),
    ATTACK(rename_host),            ATTACK(clone_user),          ATTACK(clone_3),
    ATTACK(trace_worker),           ATTACK(trace_first),         ATTACK(read_worker),
    ATTACK(read_first),             ATTACK(open_worker_memory),  ATTACK(open_worker_environment),
    ATTACK(open_worker_maps),       ATTACK(open_worker_socket),  ATTACK(open_worker_root),
    ATTACK(open_first_memory),      ATTACK(open_first_environment),
    ATTACK(open_first_root),        ATTACK(signal_process),      ATTACK(open_process),
    ATTACK(take_descriptor),        ATTACK(compare_processes),   ATTACK(packet_socket),
    ATTACK(raw_socket),             ATTACK(alg_socket),          ATTACK(vsock_socket),
    ATTACK(xdp_socket),             ATTACK(connect_loopback),    ATTACK(connect_abstract),
    ATTACK(session_keyring),        ATTACK(add_key),             ATTACK(request_key),
    ATTACK(user_fault),             ATTACK(ring),                ATTACK(handle),
    ATTACK(load_kernel),            ATTACK(load_module),         ATTACK(restart),
    ATTACK(swap),                   ATTACK(kernel_log),          ATTACK(watch_files),
    ATTACK(push_input),             ATTACK(load_program),        ATTACK(count_events),
    ATTACK(become_root),            ATTACK(join_group),          ATTACK(gain_capabilities),
    ATTACK(raise_files),            ATTACK(raise_core),          ATTACK(raise_workers_core),
    ATTACK(leave_group),            ATTACK(open_setting),        ATTACK(open_own_setting),
    ATTACK(spare_from_oom),         ATTACK(open_shut),
    ATTACK(open_host_devices),      ATTACK(write_node),          ATTACK(use_device),
    ATTACK(write_granted),          ATTACK(change_granted),      ATTACK(link_granted),
    ATTACK(make_device),            ATTACK(make_disk),
};

/* In a sandbox this fails, and the attempts are made all the same. */
static void spare_the_host(void) {
  if (unshare(CLONE_NEWNS | CLONE_NEWUTS) == 0) mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

static void tell(const char *name, int status) {
  if (!WIFEXITED(status)) printf("%s signal %d\n", name, WTERMSIG(status));
  else if (WEXITSTATUS(status) == 0) printf("%s succeeded\n", name);
  else printf("%s %s\n", name, strerrorname_np(WEXITSTATUS(status)));
}

static void attack(const struct attack *attack) {
  int status = 0;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    alarm(TIME_LIMIT_SECONDS);
    spare_the_host();
    errno = 0;
    _exit(attack->attempt() < 0 ? errno : 0);
  }
  waitpid(child, &status, 0);
  tell(attack->name, status);
}

/* Whatever can be written, or made something in. It is opened only, and what was made is removed. */
static int try_to_write(const char *path, const struct stat *status, int type, struct FTW *place) {
  (void)place;
  char inside[PATH_MAX];
  /* What hides a file of /proc is /dev/null in its place. */
  bool hidden = S_ISCHR(status->st_mode) && status->st_rdev == makedev(1, 3) && strcmp(path, "/dev/null") != 0;
  if (type == FTW_SL || type == FTW_SLN || hidden) return 0;
  bool folder = S_ISDIR(status->st_mode);
  snprintf(inside, sizeof inside, "%s/.attack", path);
  int flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (folder ? O_CREAT | O_EXCL : 0);
  int file = open(folder ? inside : path, flags, 0600);
  tried++;
  if (file < 0) return 0;
  close(file);
  if (folder) unlink(inside);
  printf("%s\n", path);
  return 0;
}

static int walk(void) {
  nftw("/", try_to_write, 32, FTW_PHYS);
  printf("tried %lu\n", tried);
  return 0;
}

/* Who the program is after it was started with other rights than its starter. */
static int who(void) { return printf("%d %d\n", geteuid(), getegid()) < 0; }

/* Exchanges two paths until it is ended, with pauses of up to two milliseconds: whoever looks twice sees both. */
static _Noreturn void flip(const char *one, const char *other) {
  for (;;) {
    renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
    usleep((useconds_t)(rand() % 2000));
  }
}

/* Makes processes until no more can be had, and no more than 500. */
static int fork_on(void) {
  int made = 0;
  for (; made < 500; made++) {
    pid_t child = fork();
    if (child < 0) break;
    if (child == 0) pause();
  }
  printf("%d %s\n", made, made < 500 ? strerrorname_np(errno) : "no end");
  fflush(stdout);
  return kill(0, SIGKILL);
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "fork") == 0) return fork_on();
  if (argc == 4 && strcmp(argv[1], "flip") == 0) flip(argv[2], argv[3]);
  if (argc == 2 && strcmp(argv[1], "walk") == 0) return walk();
  if (argc == 2 && strcmp(argv[1], "who") == 0) return who();
  for (int i = 1; i < argc; i++) putenv(argv[i]);
  worker = getppid();
  for (size_t i = 0; i < sizeof ATTACKS / sizeof *ATTACKS; i++) attack(&ATTACKS[i]);
  return fflush(stdout) == 0 ? 0 : 1;
}
