import { describe, expect, test } from 'vitest';
import type { Message } from '../frames/peer.ts';
import { StateBase } from '../state/base.ts';
import { RunState } from '../state/run-state.ts';
import type { WorkloadState } from '../state/workload-state.ts';
import type { Json, JsonObject } from '../types/json.ts';
import { answerStateCall, isStateCall } from './state-calls.ts';

function stateOf(branches: JsonObject): { run: RunState; state: WorkloadState } {
  const listener = { onAccess: () => {}, onBranchCopied: () => {} };
  const run = new RunState(new StateBase(branches), {}, listener);
  const read = ['a', 'vars', '_ork.workloads'];
  return { run, state: run.of('w', { access: 'copy_on_write', read }) };
}

function message(path: Json, body: string | Uint8Array = ''): Message {
  return { header: { path }, body: Buffer.from(body) };
}

const get = (path: Json, state: WorkloadState) =>
  answerStateCall('state.get', message(path), state);
const set = (path: Json, body: string | Uint8Array, state: WorkloadState) =>
  answerStateCall('state.set', message(path, body), state);

test('only the two calls are about the state', () => {
  expect(['state.get', 'state.set', 'state.delete', 'input.read'].filter(isStateCall)).toEqual([
    'state.get',
    'state.set',
  ]);
});

test('what is written is read back, as JSON text', () => {
  const { state } = stateOf({});
  expect(set(['a', 'b'], '{"c": [1, null, "ü"]}', state)).toEqual({});
  const { header, body } = get(['a', 'b'], state);
  expect(header).toEqual({ found: true });
  expect(Buffer.from(body ?? []).toString()).toBe('{"c":[1,null,"ü"]}');
});

test('what is not there is told apart from null', () => {
  const { state } = stateOf({ vars: { empty: null } });
  expect(get(['vars', 'none'], state)).toEqual({ header: { found: false } });
  expect(get(['vars', 'empty'], state)).toEqual({
    header: { found: true },
    body: Buffer.from('null'),
  });
});

describe('refused', () => {
  const { state } = stateOf({});
  test.each<[string, () => unknown, string, string]>([
    ['a path that is no list', () => get('a', state), 'invalid-argument', 'protocol.violation'],
    ['a path of other things', () => get([1], state), 'invalid-argument', 'protocol.violation'],
    ['an empty path', () => get([], state), 'invalid-argument', 'state.bad-path'],
    ['what the policy does not grant', () => get(['b'], state), 'denied', 'state.not-granted'],
    [
      'a value that is no JSON',
      () => set(['a'], '{', state),
      'invalid-argument',
      'state.bad-value',
    ],
    ['an empty value', () => set(['a'], '', state), 'invalid-argument', 'state.bad-value'],
    [
      'a value that is no UTF-8',
      () => set(['a'], Buffer.from([0x22, 0xff, 0x22]), state),
      'invalid-argument',
      'state.bad-value',
    ],
    [
      'a value with spaces beyond the limit',
      () => set(['a'], `1${' '.repeat(1024 * 1024)}`, state),
      'resource-exhausted',
      'state.value-too-large',
    ],
    [
      'a value that nests a hundred thousand deep',
      () => set(['a'], '['.repeat(100_000) + ']'.repeat(100_000), state),
      'resource-exhausted',
      'state.value-too-deep',
    ],
  ])('%s', (_, call, code, reason) => {
    expect(call).toThrow(expect.objectContaining({ code, reason }));
    expect(get(['a'], state)).toEqual({ header: { found: false } });
  });

  test('to answer with more than 4 MiB: a smaller branch is still there', () => {
    const { run, state } = stateOf({});
    const summary = { large: 'x'.repeat(3 * 1024 * 1024) };
    run.recordWorkload('one', { summary });
    run.recordWorkload('two', { summary });
    expect(() => get(['_ork', 'workloads'], state)).toThrow(
      expect.objectContaining({ code: 'resource-exhausted', reason: 'state.value-too-large' }),
    );
    expect(get(['_ork', 'workloads', 'two'], state).header).toEqual({ found: true });
  });

  test('to show a result that nests too deep', () => {
    const { run, state } = stateOf({});
    const summary = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`);
    run.recordWorkload('deep', { summary });
    expect(() => get(['_ork', 'workloads', 'deep'], state)).toThrow(
      expect.objectContaining({ reason: 'state.value-too-deep' }),
    );
  });
});
