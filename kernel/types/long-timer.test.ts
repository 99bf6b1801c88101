import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startTimer } from './long-timer.ts';

const DAY = 24 * 3_600_000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test.each([1, 5, 30 * DAY, 100 * DAY])('it fires after %d milliseconds, not before', (wait) => {
  const callback = vi.fn();
  startTimer(wait, callback);
  vi.advanceTimersByTime(wait - 1);
  expect(callback).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(callback).toHaveBeenCalledOnce();
});

test('it can be cancelled, even after its first part', () => {
  const callback = vi.fn();
  const cancel = startTimer(60 * DAY, callback);
  vi.advanceTimersByTime(40 * DAY);
  cancel();
  vi.advanceTimersByTime(40 * DAY);
  expect(callback).not.toHaveBeenCalled();
});
