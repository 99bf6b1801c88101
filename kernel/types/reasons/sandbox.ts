import type { Reasons } from './reason.ts';

/** What goes wrong with the sandbox of a workload. */
export const SANDBOX_REASONS: Reasons = {
  'sandbox.grant-missing': {
    code: 'failed-precondition',
    meaning: 'A path that a security_context grants for writing is not there.',
    advice: 'Make it first, or grant the folder that it is to be in.',
  },
  'sandbox.grant-refused': {
    code: 'denied',
    meaning: 'A security_context asks for what no workload gets, by a template, a link or a name.',
    advice: 'See what its templates yield, and where its paths lead.',
  },
  'sandbox.not-applied': {
    code: 'internal',
    meaning: 'The operating system has not in force for a worker what was planned for it.',
    advice: 'Tell us: this is a mistake in ORK, or something has changed the worker.',
  },
  'sandbox.not-built': {
    code: 'failed-precondition',
    meaning: 'The programs that wrap a worker are missing.',
    advice: 'In a checkout run `make build`; otherwise install ORK again.',
  },
  'sandbox.not-enforceable': {
    code: 'failed-precondition',
    meaning: 'A security_context asks for what cannot be enforced here.',
    advice: 'Leave it out; reports say what is not enforced.',
  },
  'sandbox.not-set-up': {
    code: 'failed-precondition',
    meaning: 'This host or container does not allow a part of the sandbox.',
    advice: 'Do what the hint says, or run with --sandbox none.',
  },
  'sandbox.out-of-memory': {
    code: 'resource-exhausted',
    meaning: 'A workload needed more memory than its limit.',
    advice: 'Raise resource_limits.memory_bytes, or let it work on less at a time.',
  },
  'sandbox.profile-invalid': {
    code: 'invalid-argument',
    meaning: 'What seccomp_profile_path names is not a seccomp profile that can be used.',
    advice: 'Write it as the profiles of Docker and Podman are written, or use default.',
  },
  'sandbox.profile-missing': {
    code: 'not-found',
    meaning: 'The file that seccomp_profile_path names cannot be read.',
    advice: 'Give its path from the workspace, or use default.',
  },
  'sandbox.syscall-refused': {
    code: 'denied',
    meaning: 'A worker made a system call that no workload may make, and was ended for it.',
    advice: 'Give a profile that allows it, if it must be.',
  },
  'sandbox.unknown-user': {
    code: 'not-found',
    meaning: 'There is no user with the name in run_as.',
    advice: 'Give a user of this host, a uid, or auto.',
  },
};
