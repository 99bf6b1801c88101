import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../types/json.ts';
import { StateBase } from './base.ts';
import { StateView } from './view.ts';

const KERNEL = { playbook: { name: 'demo', run_id: 'r1' } };

function viewOf(branches: JsonObject, options = {}): StateView {
  return new StateView(new StateBase(branches), KERNEL, options);
}

function nested(levels: number): Json {
  let value: Json = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

describe('reading', () => {
  const view = viewOf({ vars: { region: 'eu', hosts: ['a', 'b'] } });

  test.each<[string[], Json | undefined]>([
    [['vars', 'region'], 'eu'],
    [
      ['vars', 'hosts'],
      ['a', 'b'],
    ],
    [['vars', 'hosts', '1'], 'b'],
    [['vars', 'hosts', '2'], undefined],
    [['vars', 'hosts', '01'], undefined],
    [['vars', 'hosts', 'length'], undefined],
    [['vars', 'region', '0'], undefined],
    [['vars', 'none', 'below'], undefined],
    [['vars', 'toString'], undefined],
    [['_ork', 'playbook', 'run_id'], 'r1'],
  ])('%j', (path, expected) => expect(view.get(path)).toEqual(expected));

  test('what is handed out is frozen down to its leaves', () => {
    const vars = view.get(['vars']) as { hosts: string[] };
    expect(Object.isFrozen(vars)).toBe(true);
    expect(() => vars.hosts.push('c')).toThrow(TypeError);
  });
});

describe('writing', () => {
  test('a value is there afterwards, with the maps on the way to it', () => {
    const view = viewOf({});
    view.set(['a', 'b', 'c'], { d: [1] }, 'w');
    expect(view.get(['a'])).toEqual({ b: { c: { d: [1] } } });
    for (const path of [['a'], ['a', 'b', 'c']]) {
      expect(Object.getPrototypeOf(view.get(path))).toBeNull();
    }
  });

  test('a value can be replaced, also by another kind of value', () => {
    const view = viewOf({ a: { b: 1 } });
    view.set(['a', 'b'], { c: 2 }, 'w');
    view.set(['a', 'b', 'c'], 3, 'w');
    expect(view.get(['a'])).toEqual({ b: { c: 3 } });
    view.set(['a'], 'text', 'w');
    expect(view.get(['a'])).toBe('text');
  });

  test('an element of a list can be replaced, and one added at its end', () => {
    const view = viewOf({ list: [1, 2] });
    view.set(['list', '0'], 'first', 'w');
    view.set(['list', '2'], { deep: true }, 'w');
    view.set(['list', '2', 'deep'], false, 'w');
    expect(view.get(['list'])).toEqual(['first', 2, { deep: false }]);
  });

  test('a null on the way counts as nothing', () => {
    const view = viewOf({ a: null });
    view.set(['a', 'b'], 1, 'w');
    expect(view.get(['a'])).toEqual({ b: 1 });
  });

  test('what the writer does to its value afterwards is not seen', () => {
    const view = viewOf({});
    const value = { inner: [1] };
    view.set(['a'], value, 'w');
    value.inner.push(2);
    expect(view.get(['a'])).toEqual({ inner: [1] });
  });

  test('what was handed out before a write stays as it was', () => {
    const view = viewOf({ a: { b: { c: 1 }, d: 2 } });
    view.set(['a', 'x'], 0, 'w');
    const before = view.get(['a']);
    view.set(['a', 'b', 'c'], 9, 'w');
    expect(before).toEqual({ b: { c: 1 }, d: 2, x: 0 });
    expect(view.get(['a', 'b', 'c'])).toBe(9);
  });

  test('the base and other views of it do not change', () => {
    const base = new StateBase({ a: { b: 1 } });
    const [mine, other] = [new StateView(base, KERNEL), new StateView(base, KERNEL)];
    mine.set(['a', 'b'], 2, 'w');
    expect(other.get(['a', 'b'])).toBe(1);
    expect(base.branches).toEqual({ a: { b: 1 } });
  });

  test('what is not written to is shared, not copied', () => {
    const base = new StateBase({ a: { b: {}, untouched: { x: 1 } }, other: {} });
    const view = new StateView(base, KERNEL);
    view.set(['a', 'b', 'c'], 1, 'w');
    expect(view.get(['a', 'untouched'])).toBe((base.branches['a'] as JsonObject)['untouched']);
    expect(view.get(['other'])).toBe(base.branches['other']);
  });

  test('each branch of the base is told once, when it is copied', () => {
    const view = viewOf({ a: { b: { c: { d: 1 } }, list: [[1]] } });
    expect(view.set(['new', 'x'], 1, 'w')).toEqual([]);
    expect(view.set(['a', 'b', 'e'], 1, 'w')).toEqual([['a'], ['a', 'b']]);
    expect(view.set(['a', 'b', 'c', 'd'], 2, 'w')).toEqual([['a', 'b', 'c']]);
    view.get(['a']);
    expect(view.set(['a', 'b', 'c', 'd'], 3, 'w')).toEqual([]);
    expect(view.set(['a', 'list', '0', '0'], 3, 'w')).toEqual([
      ['a', 'list'],
      ['a', 'list', '0'],
    ]);
  });
});

describe('the kernel’s branch', () => {
  test('shows the results that are recorded', () => {
    const view = viewOf({});
    expect(view.get(['_ork', 'workloads'])).toEqual({});
    view.recordWorkload('build', { status: 'Pending' });
    view.recordWorkload('build', { status: 'Completed', summary: { n: 1 } });
    view.recordWorkload('test', { status: 'Failed' });
    expect(view.get(['_ork', 'workloads', 'build', 'summary', 'n'])).toBe(1);
    expect(view.get(['_ork'])).toEqual({
      ...KERNEL,
      workloads: { build: { status: 'Completed', summary: { n: 1 } }, test: { status: 'Failed' } },
    });
    view.recordWorkload('test', { status: 'Completed' });
    expect(view.get(['_ork', 'workloads', 'test', 'status'])).toBe('Completed');
  });

  test('is not written by modules', () => {
    const view = viewOf({});
    for (const path of [['_ork'], ['_ork', 'workloads', 'x'], ['_ork', 'mine']]) {
      expect(() => view.set(path, 1, 'w')).toThrow(
        expect.objectContaining({ code: 'denied', reason: 'state.kernel-owned' }),
      );
    }
  });

  test('a result with any keys does not leave its place', () => {
    const view = viewOf({});
    view.recordWorkload('x', JSON.parse('{"summary": {"__proto__": {"polluted": true}}}'));
    expect(JSON.stringify(view.get(['_ork', 'workloads', 'x']))).toBe(
      '{"summary":{"__proto__":{"polluted":true}}}',
    );
    expect(({} as JsonObject)['polluted']).toBeUndefined();
  });
});

describe('a write that is refused changes nothing', () => {
  const KEYS = Array.from({ length: 65 }, () => 'k');
  test.each<[string, string[], Json, string]>([
    ['an empty path', [], 1, 'state.bad-path'],
    ['a path of more than 64 keys', KEYS, 1, 'state.bad-path'],
    ['an empty key', ['a', ''], 1, 'state.bad-path'],
    ['a key that is too long', ['k'.repeat(257)], 1, 'state.bad-path'],
    ['a key that is no text', ['\ud800'], 1, 'state.bad-path'],
    ['__proto__ in the path', ['a', '__proto__', 'x'], 1, 'state.bad-path'],
    ['constructor in the path', ['constructor'], 1, 'state.bad-path'],
    ['__proto__ in the value', ['b'], JSON.parse('{"__proto__": 1}'), 'state.bad-value'],
    ['a long key in the value', ['b'], { ['k'.repeat(257)]: 1 }, 'state.bad-value'],
    ['a key below a text', ['a', 'text', 'x', 'y'], 1, 'state.not-a-map'],
    ['a gap in a list', ['a', 'list', '3'], 1, 'state.not-a-map'],
    ['a name in a list', ['a', 'list', 'x'], 1, 'state.not-a-map'],
    ['a deep value', ['b'], nested(65), 'state.value-too-deep'],
    ['a large value', ['b'], 'x'.repeat(1024 * 1024 - 1), 'state.value-too-large'],
  ])('%s', (_, path, value, reason) => {
    const before = { text: 'text', list: [1, 2] };
    const view = viewOf({ a: before });
    expect(() => view.set(path, value, 'w')).toThrow(expect.objectContaining({ reason }));
    expect(view.get(['a'])).toEqual(before);
    expect(view.get(['b'])).toBeUndefined();
    expect(view.wroteAll(['a'], 'w')).toBe(false);
  });

  test('the largest and the deepest value are kept', () => {
    const view = viewOf({});
    view.set(['a'], 'x'.repeat(1024 * 1024 - 2), 'w');
    view.set(['b'], nested(64), 'w');
    expect((view.get(['a']) as string).length).toBe(1024 * 1024 - 2);
  });

  test('more than the run may write', () => {
    const view = viewOf({}, { maxWeight: 1000 });
    view.set(['a'], 'x'.repeat(600), 'w');
    expect(() => view.set(['b'], 'x'.repeat(600), 'w')).toThrow(
      expect.objectContaining({ code: 'resource-exhausted', reason: 'state.full' }),
    );
    view.set(['a'], 'short', 'w');
    view.set(['b'], 'x'.repeat(600), 'w');
    expect(view.get(['b'])).toBe('x'.repeat(600));
  });

  test('many small maps weigh what they take, not what their text takes', () => {
    const view = viewOf({}, { maxWeight: 64 * 1024 });
    const maps = Array.from({ length: 1000 }, () => ({}));
    expect(() => view.set(['a'], maps, 'w')).toThrow(
      expect.objectContaining({ reason: 'state.full' }),
    );
  });
});

describe('who wrote what', () => {
  test('a value and all below it are its writer’s', () => {
    const view = viewOf({ base: { x: 1 } });
    view.set(['a', 'b'], { c: 1 }, 'w');
    expect(view.wroteAll(['a', 'b', 'c'], 'w')).toBe(true);
    expect(view.wroteAll(['a', 'b'], 'other')).toBe(false);
    expect(view.wroteAll(['base'], 'w')).toBe(false);
  });

  test('a map that a write made on the way is the writer’s, one that was there is not', () => {
    const view = viewOf({ there: {} });
    view.set(['made', 'x'], 1, 'w');
    view.set(['there', 'x'], 1, 'w');
    expect(view.wroteAll(['made'], 'w')).toBe(true);
    expect(view.wroteAll(['there'], 'w')).toBe(false);
    expect(view.wroteAll(['there', 'x'], 'w')).toBe(true);
  });

  test('a branch is no longer its writer’s once another has written into it', () => {
    const view = viewOf({});
    view.set(['a'], { mine: 1 }, 'w');
    view.set(['a', 'theirs'], 2, 'other');
    expect(view.wroteAll(['a'], 'w')).toBe(false);
    expect(view.wroteAll(['a', 'mine'], 'w')).toBe(true);
    expect(view.wroteAll(['a', 'theirs'], 'w')).toBe(false);
    view.set(['a'], {}, 'w');
    expect(view.wroteAll(['a'], 'w')).toBe(true);
  });
});
