#include "supervise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report.h"
#include "reset.h"

enum { FATAL_SIGNAL_BASE = 128 };

static const int HANDED_ON[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

static sigset_t awaited_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  for (size_t i = 0; i < sizeof HANDED_ON / sizeof *HANDED_ON; i++) sigaddset(&set, HANDED_ON[i]);
  return set;
}

void block_signals(void) {
  sigset_t set = awaited_signals();
  must(sigprocmask(SIG_BLOCK, &set, NULL), "signals", NULL);
}

void unblock_signals(void) {
  sigset_t set = awaited_signals();
  must(sigprocmask(SIG_UNBLOCK, &set, NULL), "signals", NULL);
}

/* Everything in the namespace ends with its first process. */
static _Noreturn void end_with(int status) {
  report_number("ended", "status", status);
  _exit(WIFSIGNALED(status) ? FATAL_SIGNAL_BASE + WTERMSIG(status) : WEXITSTATUS(status));
}

static void reap(pid_t worker) {
  int status;
  pid_t ended;
  while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
    if (ended != worker) continue;
    kill(-worker, SIGKILL);
    end_with(status);
  }
}

static void take_signal(int signals, pid_t worker) {
  struct signalfd_siginfo signal;
  if (read(signals, &signal, sizeof signal) != (ssize_t)sizeof signal) return;
  if (signal.ssi_signo != SIGCHLD) kill(worker, (int)signal.ssi_signo);
  reap(worker);
}

static void take_request(pid_t worker, const struct plan *plan) {
  char request;
  ssize_t got = read(CONTROL_FD, &request, 1);
  if (got < 0 && errno == EINTR) return;
  if (got <= 0) _exit(0);
  if (request == 'R') report_number("reset", "clean", reset_surroundings(worker, plan) ? 1 : 0);
}

void supervise_worker(pid_t worker, const struct plan *plan) {
  sigset_t set = awaited_signals();
  int signals = must(signalfd(-1, &set, SFD_CLOEXEC), "signals", NULL);
  struct pollfd sources[] = {{.fd = signals, .events = POLLIN}, {.fd = CONTROL_FD, .events = POLLIN}};
  for (;;) {
    if (poll(sources, 2, -1) < 0) continue;
    if (sources[0].revents != 0) take_signal(signals, worker);
    if (sources[1].revents != 0) take_request(worker, plan);
  }
}

void follow(pid_t child) {
  sigset_t set = awaited_signals();
  for (;;) {
    int signal = 0;
    if (sigwait(&set, &signal) != 0) continue;
    if (signal != SIGCHLD) kill(child, signal);
    int status;
    if (waitpid(child, &status, WNOHANG) != child) continue;
    _exit(WIFSIGNALED(status) ? FATAL_SIGNAL_BASE + WTERMSIG(status) : WEXITSTATUS(status));
  }
}
