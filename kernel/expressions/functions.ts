import { createHash } from 'node:crypto';
import type { CelFunc, CelList, CelValue } from '@bufbuild/cel';
import { CelScalar, celFunc, celMethod, isCelUint, listType } from '@bufbuild/cel';
import { OrkError } from '../types/errors.ts';
import type { Json } from '../types/json.ts';
import { viewJson } from './json-view.ts';
import { MAX_RESULT_BYTES } from './limits.ts';
import { toJson, tooLarge } from './result.ts';
import type { Host } from './scope.ts';

const { BYTES, DYN, STRING } = CelScalar;
const LIST = listType(DYN);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The functions that playbooks have besides CEL's own. `host` is asked at each call for the world
 * outside: the environment, the time and randomness. The text functions are methods as well:
 * `lower(x)` is `x.lower()`.
 */
export function playbookFunctions(host: () => Host): CelFunc[] {
  return [
    celFunc('env', [STRING], STRING, (name) => readEnv(host(), name)),
    celFunc('secret', [STRING], STRING, refuseSecret),
    celFunc('now', [], DYN, () => timestamp(host().now()) as unknown as CelValue),
    celFunc('uuid', [], STRING, () => host().uuid()),
    celFunc('to_json', [DYN], STRING, (value) => JSON.stringify(toJson(value))),
    celFunc('from_json', [STRING], DYN, (text) => viewJson(parseJson(text))),
    celFunc('base64_encode', [STRING], STRING, (text) => Buffer.from(text).toString('base64')),
    celFunc('base64_encode', [BYTES], STRING, (bytes) => Buffer.from(bytes).toString('base64')),
    celFunc('base64_decode', [STRING], STRING, decodeBase64),
    celFunc('sha256', [STRING], STRING, sha256),
    celFunc('sha256', [BYTES], STRING, sha256),
    ...textFunctions(),
  ];
}

function textFunctions(): CelFunc[] {
  return [
    ...oneText('lower', (text) => text.toLowerCase()),
    ...oneText('upper', (text) => text.toUpperCase()),
    ...oneText('trim', (text) => text.trim()),
    celFunc('split', [STRING, STRING], LIST, split),
    celMethod('split', STRING, [STRING], LIST, function (separator) {
      return split(this, separator);
    }),
    celFunc('join', [LIST, STRING], STRING, join),
    celMethod('join', LIST, [STRING], STRING, function (separator) {
      return join(this, separator);
    }),
    celFunc('replace', [STRING, STRING, STRING], STRING, replace),
    celMethod('replace', STRING, [STRING, STRING], STRING, function (from, to) {
      return replace(this, from, to);
    }),
  ];
}

function oneText(name: string, apply: (text: string) => string): CelFunc[] {
  return [
    celFunc(name, [STRING], STRING, apply),
    celMethod(name, STRING, [], STRING, function () {
      return apply(this);
    }),
  ];
}

function readEnv(host: Host, name: string): string {
  const value = host.env(name);
  if (value !== undefined) return value;
  throw new OrkError('invalid-argument', `the environment variable '${name}' cannot be read`, {
    reason: 'expression.evaluation',
    hint: `list '${name}' under security_context.env and set it, or use default(env('${name}'), …)`,
  });
}

function refuseSecret(name: string): never {
  throw new OrkError('unsupported', `secret '${name}': secrets are not available in this version`, {
    reason: 'expression.unavailable',
  });
}

/** A protobuf Timestamp, which the library knows by its type name. */
function timestamp(date: Date): { $typeName: string; seconds: bigint; nanos: number } {
  const milliseconds = date.getTime();
  const seconds = Math.floor(milliseconds / 1000);
  return {
    $typeName: 'google.protobuf.Timestamp',
    seconds: BigInt(seconds),
    nanos: (milliseconds - seconds * 1000) * 1_000_000,
  };
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new Error(`from_json: ${error instanceof Error ? error.message : String(error)}`);
  }
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
  return createHash('sha256').update(data).digest('hex');
}

function split(text: string, separator: string): string[] {
  return text.split(separator);
}

function join(list: CelList, separator: string): string {
  const parts = Array.from(list, asText);
  const length = parts.reduce((sum, part) => sum + part.length + separator.length, 0);
  if (length > MAX_RESULT_BYTES) throw tooLarge(`of join is larger than ${MAX_RESULT_BYTES} bytes`);
  return parts.join(separator);
}

function asText(value: CelValue): string {
  if (typeof value === 'string') return value;
  if (isCelUint(value)) return String(value.value);
  if (typeof value === 'object') throw new Error('join: the list must hold scalars only');
  return String(value);
}

function replace(text: string, from: string, to: string): string {
  const parts = text.split(from);
  const length = text.length + (parts.length - 1) * to.length;
  if (length > MAX_RESULT_BYTES) {
    throw tooLarge(`of replace is larger than ${MAX_RESULT_BYTES} bytes`);
  }
  return parts.join(to);
}
