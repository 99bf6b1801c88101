import { expect, test } from 'vitest';
import type { Edge, Graph, WorkloadName } from '../playbook/model.ts';
import { selectWorkloads } from './select-workloads.ts';

const name = (text: string): WorkloadName => text as WorkloadName;
const edge = (from: string, to: string, kind: Edge['kind']): Edge =>
  ({ from: name(from), to: name(to), kind }) as Edge;

/** `fetch` before `lines`, whose stream `parse` and `count` read; `report` reads the result of `count`. */
const graph = {
  nodes: ['fetch', 'lines', 'parse', 'count', 'report', 'alone'].map(name),
  groups: [['fetch'], ['lines', 'parse', 'count'], ['report'], ['alone']].map((group) =>
    group.map(name),
  ),
  edges: [
    edge('fetch', 'lines', 'order'),
    edge('lines', 'parse', 'stream'),
    edge('lines', 'count', 'stream'),
    edge('count', 'report', 'state'),
  ],
} as unknown as Graph;

const selected = (...names: string[]): string[] =>
  [...(selectWorkloads(names, graph) ?? [])].sort();

test('without names there is no selection', () => {
  expect(selectWorkloads([], graph)).toBeUndefined();
});

test.each([
  [['fetch'], ['fetch']],
  [
    ['fetch', 'alone', 'fetch'],
    ['alone', 'fetch'],
  ],
])('%j selects %j', (names, expected) => {
  expect(selected(...names)).toEqual(expected);
});

test('what a workload depends on is selected with it, and all that streams join to it', () => {
  expect(selected('report')).toEqual(['count', 'fetch', 'lines', 'parse', 'report']);
  expect(selected('lines')).toEqual(['count', 'fetch', 'lines', 'parse']);
});

test('a name that does not exist is refused, with the nearest one', () => {
  expect(() => selectWorkloads(['reprot'], graph)).toThrow(
    expect.objectContaining({
      code: 'invalid-argument',
      reason: 'cli.unknown-workload',
      message: "the playbook has no workload 'reprot'",
      hint: expect.stringContaining("'report'"),
    }),
  );
  expect(() => selectWorkloads(['zzzzzzzz'], graph)).toThrow(
    expect.objectContaining({ hint: 'name workloads of the playbook: --only fetch,report' }),
  );
});
