import type { CelFunc, CelList, CelValue } from '@bufbuild/cel';
import { CelScalar, celFunc, celMethod, celUint, isCelUint, listType } from '@bufbuild/cel';
import { MAX_RESULT_BYTES } from './limits.ts';
import { matchesPattern } from './pattern.ts';
import { tooLarge } from './result.ts';
import { indexOfText, splitText } from './text-search.ts';

const { BOOL, BYTES, DYN, INT, STRING, UINT } = CelScalar;
const LIST = listType(DYN);
const WHITE_SPACE = /\p{White_Space}/u;
/** Reading digits takes more than linear time; no integer has more than twenty. */
const INTEGER = /^[+-]?\d{1,20}$/;

/**
 * Functions over text: those of playbooks, which are methods as well (`lower(x)` is `x.lower()`), and
 * those of CEL that have to be bounded in time and size whatever text comes from outside.
 */
export function textFunctions(): CelFunc[] {
  return [
    ...oneText('lower', (text) => text.toLowerCase()),
    ...oneText('upper', (text) => text.toUpperCase()),
    ...oneText('trim', trim),
    celFunc('split', [STRING, STRING], LIST, splitText),
    celMethod('split', STRING, [STRING], LIST, function (separator) {
      return splitText(this, separator);
    }),
    celFunc('join', [LIST, STRING], STRING, join),
    celMethod('join', LIST, [STRING], STRING, function (separator) {
      return join(this, separator);
    }),
    celFunc('replace', [STRING, STRING, STRING], STRING, replace),
    celMethod('replace', STRING, [STRING, STRING], STRING, function (from, to) {
      return replace(this, from, to);
    }),
    ...boundedFunctions(),
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

function boundedFunctions(): CelFunc[] {
  return [
    celMethod('contains', STRING, [STRING], BOOL, function (part) {
      return indexOfText(this, part) >= 0;
    }),
    celMethod('matches', STRING, [STRING], BOOL, function (pattern) {
      return matchesPattern(this, pattern);
    }),
    celFunc('matches', [STRING, STRING], BOOL, matchesPattern),
    celFunc('int', [STRING], INT, (text) => readInteger(text, -(2n ** 63n), 2n ** 63n - 1n)),
    celFunc('uint', [STRING], UINT, (text) => celUint(readInteger(text, 0n, 2n ** 64n - 1n))),
    celFunc('_+_', [STRING, STRING], STRING, concatenate),
    celFunc('_+_', [BYTES, BYTES], BYTES, concatenateBytes),
  ];
}

/** Takes away Unicode white space; `String.trim` takes a byte order mark for some and leaves U+0085. */
function trim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && WHITE_SPACE.test(text.charAt(start))) start++;
  while (end > start && WHITE_SPACE.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

function readInteger(text: string, least: bigint, most: bigint): bigint {
  const value = INTEGER.test(text) ? BigInt(text.replace('+', '')) : undefined;
  if (value !== undefined && value >= least && value <= most) return value;
  throw new Error(
    `${JSON.stringify(text.slice(0, 40))} is not an integer from ${least} to ${most}`,
  );
}

function concatenate(left: string, right: string): string {
  requireRoom('+', left.length + right.length);
  return left + right;
}

function concatenateBytes(left: Uint8Array, right: Uint8Array): Uint8Array {
  requireRoom('+', left.length + right.length);
  return Buffer.concat([left, right]);
}

function join(list: CelList, separator: string): string {
  const parts = Array.from(list, asText);
  const length = parts.reduce((sum, part) => sum + part.length + separator.length, 0);
  requireRoom('join', length);
  return parts.join(separator);
}

function asText(value: CelValue): string {
  if (typeof value === 'string') return value;
  if (isCelUint(value)) return String(value.value);
  if (typeof value === 'object') throw new Error('join: the list must hold scalars only');
  return String(value);
}

function replace(text: string, from: string, to: string): string {
  const parts = splitText(text, from);
  requireRoom('replace', text.length + (parts.length - 1) * to.length);
  return parts.join(to);
}

/** An intermediate text may not be larger than a result, so that none can grow without end. */
function requireRoom(operation: string, length: number): void {
  if (length <= MAX_RESULT_BYTES) return;
  throw tooLarge(`of ${operation} is larger than ${MAX_RESULT_BYTES} bytes`);
}
