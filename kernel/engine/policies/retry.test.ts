import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RetryPolicy } from '../../playbook/model.ts';
import { OrkError } from '../../types/errors.ts';
import { decideRetry, type FailedAttempt } from './retry.ts';

const policy: RetryPolicy = {
  attempts: 4,
  delay: 1000,
  factor: 2,
  maxDelay: 3000,
  jitter: false,
  on: ['unavailable', 'timeout'],
};

function decide(fields: Partial<FailedAttempt> = {}, changes: Partial<RetryPolicy> = {}) {
  const error = new OrkError('unavailable', 'gone');
  const failed = { attempt: 1, error, streamed: false, random: 0, ...fields };
  return decideRetry({ ...policy, ...changes }, failed);
}

test('without a policy nothing is tried again', () => {
  const error = new OrkError('unavailable', 'gone');
  const failed = { attempt: 1, error, streamed: false, random: 0 };
  expect(decideRetry(undefined, failed)).toEqual({ kind: 'give-up' });
});

test('delays grow by the factor, up to the longest', () => {
  const delays = [1, 2, 3].map((attempt) => decide({ attempt }));
  expect(delays).toEqual([1000, 2000, 3000].map((delay) => ({ kind: 'retry', delay })));
});

test('the attempts count from the first one on', () => {
  expect(decide({ attempt: 4 })).toEqual({ kind: 'give-up' });
  expect(decide({ attempt: 1 }, { attempts: 1 })).toEqual({ kind: 'give-up' });
});

test('only the codes of the policy are tried again', () => {
  expect(decide({ error: new OrkError('denied', 'no') })).toEqual({ kind: 'give-up' });
});

test('jitter takes away up to half of the delay', () => {
  expect(decide({ random: 0 }, { jitter: true })).toEqual({ kind: 'retry', delay: 500 });
  expect(decide({ random: 0.5 }, { jitter: true })).toEqual({ kind: 'retry', delay: 750 });
});

test('what the error asks for is waited for, even beyond the longest delay', () => {
  const error = new OrkError('unavailable', 'busy', { retryAfter: 9000 });
  expect(decide({ error })).toEqual({ kind: 'retry', delay: 9000 });
});

test('nobody can ask for a wait of more than an hour', () => {
  const error = new OrkError('unavailable', 'busy', { retryAfter: 86_400_000 });
  expect(decide({ error })).toEqual({ kind: 'retry', delay: 3_600_000 });
});

test('what has moved a record is not tried again', () => {
  expect(decide({ streamed: true })).toEqual({ kind: 'not-replayable' });
});

test('any delay is a whole number of milliseconds within the policy', () => {
  const cases = fc.record({
    attempt: fc.integer({ min: 1, max: 999 }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    delay: fc.nat(60_000),
    factor: fc.double({ min: 1, max: 100, noNaN: true }),
    maxDelay: fc.integer({ min: 1, max: 600_000 }),
    jitter: fc.boolean(),
  });
  fc.assert(
    fc.property(cases, ({ attempt, random, ...changes }) => {
      const decision = decide({ attempt, random }, { ...changes, attempts: 1000 });
      if (decision.kind !== 'retry') throw new Error('it gave up');
      expect(Number.isInteger(decision.delay)).toBe(true);
      expect(decision.delay).toBeLessThanOrEqual(changes.maxDelay);
      expect(decision.delay).toBeGreaterThanOrEqual(0);
    }),
  );
});
