import type { ErrorCode } from './errors.ts';

export interface CodeEntry {
  /** What has happened, for people. */
  meaning: string;
  /** The gRPC status that the daemon answers with. */
  rpcStatus: string;
  /** Whether a retry policy that names no codes tries again: the failure may pass by. */
  retried: boolean;
}

/** Every code of the module contract: what it means and what follows from it. */
export const CODE_TABLE: Record<ErrorCode, CodeEntry> = {
  'invalid-argument': {
    meaning: 'What was asked for makes no sense, whatever the state of the world.',
    rpcStatus: 'INVALID_ARGUMENT',
    retried: false,
  },
  denied: {
    meaning: 'The security_context, the manifest or a policy does not grant it.',
    rpcStatus: 'PERMISSION_DENIED',
    retried: false,
  },
  'not-found': {
    meaning: 'What was named is not there.',
    rpcStatus: 'NOT_FOUND',
    retried: false,
  },
  'already-exists': {
    meaning: 'What was to be made is there already.',
    rpcStatus: 'ALREADY_EXISTS',
    retried: false,
  },
  'failed-precondition': {
    meaning: 'The state of the world does not allow it; something else has to be done first.',
    rpcStatus: 'FAILED_PRECONDITION',
    retried: false,
  },
  timeout: {
    meaning: 'It did not end in time.',
    rpcStatus: 'DEADLINE_EXCEEDED',
    retried: true,
  },
  canceled: {
    meaning: 'It was stopped.',
    rpcStatus: 'CANCELLED',
    retried: false,
  },
  closed: {
    meaning: 'The other end is gone: a stream, a connection, a process.',
    rpcStatus: 'ABORTED',
    retried: true,
  },
  'resource-exhausted': {
    meaning: 'A limit was reached: size, count, memory, descriptors.',
    rpcStatus: 'RESOURCE_EXHAUSTED',
    retried: true,
  },
  unavailable: {
    meaning: 'It cannot be reached or served at the moment.',
    rpcStatus: 'UNAVAILABLE',
    retried: true,
  },
  unsupported: {
    meaning: 'This version or this host cannot do it.',
    rpcStatus: 'UNIMPLEMENTED',
    retried: false,
  },
  io: {
    meaning: 'Reading or writing went wrong.',
    rpcStatus: 'INTERNAL',
    retried: true,
  },
  internal: {
    meaning: 'A mistake in a module or in ORK itself.',
    rpcStatus: 'INTERNAL',
    retried: true,
  },
  other: {
    meaning: 'Something else; the reason tells what.',
    rpcStatus: 'UNKNOWN',
    retried: true,
  },
};
