import { OrkError } from '../types/errors.ts';

/** What `native/report.h` tells of a step that has failed. */
export interface FailedStep {
  step: string;
  /** A path, or the part of the step. */
  subject: string;
  /** The name of the error number, as `EPERM`; empty when it was none. */
  error: string;
}

const WITHOUT = 'or run without one: --sandbox none, or `security_context: { sandbox: none }`';

const HINTS: Record<string, string> = {
  namespaces:
    'this host or container allows no namespaces here: allow them (sysctl kernel.unprivileged_userns_clone=1, ' +
    `user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns=0), or give the container CAP_SYS_ADMIN, ${WITHOUT}`,
  'user namespace': `this host lets this user map no ids: run as root, ${WITHOUT}`,
  proc: `a container that hides parts of /proc allows no new one: start it with an unmasked /proc, ${WITHOUT}`,
  'id-mapped mount':
    'the file system cannot show its files under another user (overlayfs and network file systems cannot): ' +
    `use a folder on another one, with --workspace, or give it to an ordinary user and run as that user, ${WITHOUT}`,
  cgroup: 'the control group is gone, or not writable: is another service cleaning up there?',
  filter: `this kernel refuses the filter of system calls: is seccomp built in? ${WITHOUT}`,
};

/** The error of a step of `ork-sandbox`, with what can be done about it. */
export function stepError({ step, subject, error }: FailedStep): OrkError {
  const about = subject === '' ? '' : ` (${subject})`;
  const how = error === '' ? '' : `: ${error}`;
  const removed = step === 'mounts' && (error === 'ENOENT' || error === 'ELOOP');
  const restricted = error === 'EPERM' && !Object.hasOwn(HINTS, step);
  const hint = removed
    ? 'a granted path was removed, or has become a link, while the workload was started'
    : (HINTS[restricted ? 'namespaces' : step] ??
      `this kernel or container does not allow it; Linux 5.12 or newer is needed, ${WITHOUT}`);
  return new OrkError(
    'failed-precondition',
    `the sandbox could not be set up: ${step}${about}${how}`,
    {
      reason: 'sandbox.not-set-up',
      hint,
    },
  );
}
