import { expect, it } from 'vitest';
import { parseDuration as parseInPlaybook } from '../../kernel/playbook/duration.ts';
import { duration, parseDuration } from './duration.ts';

it.each(['0s', '1s', '250ms', '1.5s', '1h30m', '10us', '5µs', '7ns'])(
  'reads %s like playbooks',
  (text) => {
    expect(duration.safeParse(text).success).toBe(true);
    expect(parseDuration(text)).toBe(parseInPlaybook(text));
  },
);

it.each(['', '1', 's', '-1s', '1 s', '1d', '1s '])('refuses %j like playbooks', (text) => {
  expect(duration.safeParse(text).success).toBe(false);
  expect(() => parseDuration(text)).toThrow('is not a duration');
  expect(() => parseInPlaybook(text)).toThrow();
});

it('refuses more than ten years', () => {
  expect(() => parseDuration('100000h')).toThrow('longer than ten years');
});
