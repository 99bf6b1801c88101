import { expect, test } from 'vitest';
import { encodePlan } from './sandbox-plan.ts';

test('a plan is a version, words that each end with a NUL, and an end', () => {
  expect(encodePlan(['program', '/bin/sh']).toString()).toBe('1\0program\0/bin/sh\0end\0');
});

test('no text can smuggle words into a plan', () => {
  expect(() => encodePlan(['argument', 'a\0program\0/bin/other'])).toThrow(
    expect.objectContaining({ code: 'invalid-argument' }),
  );
});
