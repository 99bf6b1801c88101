import { type ErrorCode, type ErrorDetails, OrkError } from '../types/errors.ts';

/**
 * An error on its way into a guest. The generated bindings lower `payload` as the `error` record of
 * the contract; a function whose WIT type has no `result` must never throw one.
 */
export class HostError extends Error {
  readonly payload: {
    code: ErrorCode;
    reason: string;
    message: string;
    hint: string | undefined;
    retryAfter: number | undefined;
  };

  constructor(details: ErrorDetails) {
    super(details.message);
    const { code, reason, message, hint, retryAfter } = details;
    this.payload = { code, reason, message, hint, retryAfter };
  }
}

const ERRNO_CODES: Record<string, ErrorCode> = {
  ENOENT: 'not-found',
  EEXIST: 'already-exists',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOSPC: 'resource-exhausted',
  EDQUOT: 'resource-exhausted',
  EFBIG: 'resource-exhausted',
  EMFILE: 'resource-exhausted',
  ENFILE: 'resource-exhausted',
  ENOMEM: 'resource-exhausted',
  EAGAIN: 'resource-exhausted',
  E2BIG: 'invalid-argument',
  EISDIR: 'failed-precondition',
  ENOTDIR: 'failed-precondition',
  ENOTEMPTY: 'failed-precondition',
  ELOOP: 'failed-precondition',
  EBUSY: 'failed-precondition',
  ETXTBSY: 'failed-precondition',
  EPIPE: 'closed',
  ENAMETOOLONG: 'invalid-argument',
  EINVAL: 'invalid-argument',
};

const HINTS: Record<string, string> = {
  ENOSPC: 'the disk is full: free some space, or write elsewhere',
  EDQUOT: 'the disk quota is used up',
  EACCES:
    'a workload acts as the owner of the workspace and of each grant, who lacks the permission of the file system',
  EPERM:
    'set-user-ID and set-group-ID bits are refused, and so is what only root may do; ' +
    'security_context: { seccomp_profile_path: … } can allow the former',
  EROFS:
    'playbooks, .git and ork_modules stay as they are; anything else can be granted: ' +
    'security_context: { filesystem: { write: ["/path"] } }',
  EBUSY:
    'playbooks, .git and ork_modules stay where they are, and so does what is granted by its own name: grant the ' +
    'folder that it is in, with security_context: { filesystem: { write: ["/folder"] } }',
};

/** Whatever a host function threw, as the error that the guest sees. `subject` names what it was about. */
export function toHostError(thrown: unknown, subject: string): HostError {
  if (thrown instanceof HostError) return thrown;
  if (thrown instanceof OrkError) return new HostError(thrown.toDetails());
  if (isCopyRefusal(thrown)) return copyRefused(thrown, subject);
  const errno = errnoOf(thrown);
  if (errno !== undefined) return new HostError(errnoDetails(errno, thrown as Error, subject));
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new HostError({ code: 'internal', reason: 'internal', message: `${subject}: ${message}` });
}

/** What Node itself refuses to copy: a folder into itself, a pipe, one kind of entry onto another. */
function isCopyRefusal(thrown: unknown): thrown is Error {
  return (
    thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('ERR_FS_CP_')
  );
}

function copyRefused(error: Error, subject: string): HostError {
  return new HostError({
    code: 'invalid-argument',
    reason: 'files.cannot-copy',
    message: `${subject}: ${error.message}`,
  });
}

function errnoDetails(errno: string, error: Error, subject: string): ErrorDetails {
  const details: ErrorDetails = {
    code: ERRNO_CODES[errno] ?? 'io',
    reason: `io.${errno.toLowerCase()}`,
    message: `${subject}: ${plainMessage(error.message)}`,
  };
  const hint = HINTS[errno];
  if (hint !== undefined) details.hint = hint;
  return details;
}

/** `ENOENT: no such file or directory, open '/x'` → `no such file or directory`. */
function plainMessage(message: string): string {
  return /^[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? message;
}

function errnoOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' && /^E[A-Z0-9]+$/.test(thrown.code)
    ? thrown.code
    : undefined;
}
