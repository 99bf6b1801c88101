import { RE2JS } from '@bufbuild/re2';
import { spend } from './meter.ts';

const MAX_REMEMBERED = 16;
/** Classes such as `\pL` are made of hundreds of ranges. */
const CLASS_WEIGHT = 64;
/** The library refuses more repetitions, also where they nest. */
const MAX_REPETITIONS = 1000;

const remembered = new Map<string, RE2JS>();

/**
 * Whether any part of the text matches an RE2 regular expression. Matching never goes back in the text:
 * the time is at most the product of the length of the text and the size of the compiled pattern.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  const compiled = remembered.get(pattern) ?? compilePattern(pattern);
  spend(text.length * compiled.re2().prog.numInst());
  return compiled.test(text);
}

function compilePattern(pattern: string): RE2JS {
  spend(compilationSteps(pattern));
  const compiled = RE2JS.compile(pattern);
  const [oldest] = remembered.keys();
  if (remembered.size >= MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  remembered.set(pattern, compiled);
  return compiled;
}

function compilationSteps(pattern: string): number {
  let repetitions = 1;
  for (const [, least = '', most = ''] of pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    repetitions *= Math.max(1, Number(least), Number(most));
  }
  const weight = /\\p|\(\?[a-z]*i/i.test(pattern) ? CLASS_WEIGHT : 1;
  return pattern.length * weight * Math.min(repetitions, MAX_REPETITIONS);
}
