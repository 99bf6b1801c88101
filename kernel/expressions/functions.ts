import type { CelFunc, CelValue } from '@bufbuild/cel';
import { CelScalar, celFunc } from '@bufbuild/cel';
import { OrkError } from '../types/errors.ts';
import type { Json } from '../types/json.ts';
import { formatTime } from './format-time.ts';
import { viewJson } from './json-view.ts';
import { MAX_RESULT_BYTES } from './limits.ts';
import { spend } from './meter.ts';
import { toJson, tooLarge } from './result.ts';
import type { Host } from './scope.ts';
import { textFunctions } from './text-functions.ts';
import { readTimestamp, timestampOf } from './timestamp.ts';

const { BYTES, DYN, INT, STRING } = CelScalar;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The functions that playbooks have besides CEL's own. `host` is asked at each call for the world
 * outside: the environment, secrets, the time and randomness. Names with an `@` cannot be written; they
 * are what rewritten expressions call.
 */
export function playbookFunctions(host: () => Host): CelFunc[] {
  return [
    celFunc('env', [STRING], STRING, (name) => host().env(name) ?? refuseEnv(name)),
    celFunc('@env', [STRING], DYN, (name) => host().env(name) ?? null),
    celFunc('secret', [STRING], STRING, (name) => host().secret(name) ?? refuseSecret(name)),
    celFunc('@secret', [STRING], DYN, (name) => host().secret(name) ?? null),
    celFunc('@loop', [DYN, INT], DYN, countLoop),
    celFunc('now', [], DYN, () => timestampOf(host().now())),
    celFunc('uuid', [], STRING, () => host().uuid()),
    celFunc('to_json', [DYN], STRING, writeJson),
    celFunc('from_json', [STRING], DYN, (text) => viewJson(parseJson(text))),
    celFunc('base64_encode', [STRING], STRING, encodeBase64),
    celFunc('base64_encode', [BYTES], STRING, encodeBase64),
    celFunc('base64_decode', [STRING], STRING, decodeBase64),
    celFunc('sha256', [STRING], STRING, sha256),
    celFunc('sha256', [BYTES], STRING, sha256),
    ...timeFunctions(),
    ...textFunctions(),
  ];
}

function timeFunctions(): CelFunc[] {
  const format = (time: CelValue, pattern?: string, zone?: string) =>
    formatTime(readTimestamp(time), pattern, zone);
  return [
    celFunc('format_time', [DYN], STRING, (time) => format(time)),
    celFunc('format_time', [DYN, STRING], STRING, (time, pattern) => format(time, pattern)),
    celFunc('format_time', [DYN, STRING, STRING], STRING, (time, pattern, zone) =>
      format(time, pattern, zone),
    ),
  ];
}

/** Passes on what is looped over, counting the nodes that all turns together evaluate. */
function countLoop(range: CelValue, nodesPerTurn: bigint): CelValue {
  const { size } = range as { size?: unknown };
  if (typeof size === 'number') spend(size * Number(nodesPerTurn));
  return range;
}

function refuseEnv(name: string): never {
  throw new OrkError('invalid-argument', `the environment variable '${name}' cannot be read`, {
    reason: 'expression.evaluation',
    hint: `list '${name}' under security_context.env and set it, or use default(env('${name}'), …)`,
  });
}

function refuseSecret(name: string): never {
  throw new OrkError('not-found', `there is no secret '${name}'`, {
    reason: 'secret.not-found',
    hint: `put it into a file for --secrets-file, or set ORK_SECRET_${name}`,
  });
}

function writeJson(value: CelValue): string {
  return bounded('to_json', JSON.stringify(toJson(value)));
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new Error(`from_json: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function encodeBase64(data: string | Uint8Array): string {
  return bounded('base64_encode', Buffer.from(data as string).toString('base64'));
}

function decodeBase64(text: string): string {
  const compact = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(compact)) throw new Error('base64_decode: not base64');
  try {
    return utf8.decode(Buffer.from(compact, 'base64'));
  } catch {
    throw new Error('base64_decode: the decoded bytes are not UTF-8 text');
  }
}

function sha256(data: string | Uint8Array): string {
  // Loaded when it is needed: that takes longer than most expressions.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(data).digest('hex');
}

function bounded(name: string, text: string): string {
  if (text.length <= MAX_RESULT_BYTES) return text;
  throw tooLarge(`of ${name} is larger than ${MAX_RESULT_BYTES} bytes`);
}
