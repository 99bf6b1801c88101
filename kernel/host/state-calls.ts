import type { Message, Reply } from '../frames/peer.ts';
import { MAX_VALUE_BYTES, measure } from '../state/value.ts';
import type { WorkloadState } from '../state/workload-state.ts';
import { OrkError } from '../types/errors.ts';
import type { Json, JsonObject } from '../types/json.ts';

/** A branch that has been written piece by piece can be larger than one value; a result, much larger. */
const MAX_READ_BYTES = 4 * 1024 * 1024;
const READ_LIMITS = { bytes: MAX_READ_BYTES, depth: 1000, checkKeys: false };

/** Whether a host call is about the state. */
export function isStateCall(method: string): boolean {
  return method === 'state.get' || method === 'state.set';
}

/**
 * Answers `state.get` and `state.set`. Throws what `WorkloadState` throws, and `resource-exhausted`, reason
 * `state.value-too-large`, for more than one answer may hold. Nothing in the message is trusted.
 */
export function answerStateCall(method: string, message: Message, state: WorkloadState): Reply {
  const path = readPath(message.header);
  if (method === 'state.get') return get(path, state);
  state.set(path, parseValue(message.body));
  return {};
}

function get(path: string[], state: WorkloadState): Reply {
  const found = state.get(path);
  if (found === undefined) return { header: { found: false } };
  measure(found, READ_LIMITS);
  return { header: { found: true }, body: Buffer.from(JSON.stringify(found)) };
}

function readPath({ path }: JsonObject): string[] {
  if (Array.isArray(path) && path.every((key) => typeof key === 'string')) return path;
  throw new OrkError('invalid-argument', 'protocol violation: `path` is no list of keys', {
    reason: 'protocol.violation',
  });
}

function parseValue(body: Uint8Array): Json {
  if (body.length > MAX_VALUE_BYTES) {
    throw new OrkError(
      'resource-exhausted',
      `the value has ${body.length} bytes, more than the ${MAX_VALUE_BYTES} that one write may have`,
      { reason: 'state.value-too-large', hint: 'write smaller branches' },
    );
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as Json;
  } catch (error) {
    throw new OrkError('invalid-argument', 'the value is not JSON', {
      reason: 'state.bad-value',
      cause: error,
    });
  }
}
