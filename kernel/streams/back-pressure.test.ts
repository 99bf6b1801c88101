import { expect, test } from 'vitest';
import { BackPressure } from './back-pressure.ts';

/** With time that stands still until `pass` lets all timers run out. */
function underTest() {
  const told: string[] = [];
  const timers = new Set<() => void>();
  const pressure = new BackPressure(
    (state) => told.push(state),
    (_, callback) => {
      timers.add(callback);
      return () => timers.delete(callback);
    },
  );
  const pass = (): void => {
    for (const timer of [...timers]) timer();
  };
  return { told, pressure, pass, timers };
}

test('the first overflow engages, and the next ones say nothing new', () => {
  const { told, pressure } = underTest();
  pressure.overflowed();
  pressure.overflowed();
  expect(told).toEqual(['engaged']);
});

test('it is released when it has stayed calm', () => {
  const { told, pressure, pass } = underTest();
  pressure.overflowed();
  pressure.eased();
  expect(told).toEqual(['engaged']);
  pass();
  expect(told).toEqual(['engaged', 'released']);
});

test('a channel that fills and empties all the time does not flap', () => {
  const { told, pressure, pass, timers } = underTest();
  for (let batch = 0; batch < 100; batch++) {
    pressure.overflowed();
    pressure.eased();
  }
  pressure.overflowed();
  pass();
  expect(told).toEqual(['engaged']);
  expect(timers.size).toBe(0);
});

test('the end releases at once, and leaves no timer', () => {
  const { told, pressure, timers } = underTest();
  pressure.overflowed();
  pressure.eased();
  pressure.close();
  expect(told).toEqual(['engaged', 'released']);
  expect(timers.size).toBe(0);
});

test('what never overflowed has nothing to release', () => {
  const { told, pressure, pass } = underTest();
  pressure.eased();
  pass();
  pressure.close();
  expect(told).toEqual([]);
});
