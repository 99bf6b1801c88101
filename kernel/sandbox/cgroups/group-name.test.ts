import { expect, test } from 'vitest';
import { groupName, ownerOf, startTimeOf } from './group-name.ts';

test('a group names its owner', () => {
  const owner = { pid: 12, startTime: '345' };
  expect(ownerOf(groupName(owner, 6))).toEqual(owner);
});

test.each(['ork-kernel', 'ork-1-2', 'ork-a-2-3', 'my-ork-1-2-3', 'ork-1-2-3-x'])(
  '%s is none of our groups',
  (name) => {
    expect(ownerOf(name)).toBeUndefined();
  },
);

test('the start time is found behind a name with blanks and parentheses', () => {
  const fields = Array.from({ length: 40 }, (_, index) => String(index + 3));
  expect(startTimeOf(`77 (a) b (c) ${fields.join(' ')}`)).toBe('22');
});
