import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errors, playbook, validate } from '../../test/fixtures/playbooks/validating.ts';
import { formatProblem } from './caret.ts';

const FIXTURES = join(import.meta.dirname, '../../test/fixtures/playbooks');

function fixture(name: string): string {
  return readFileSync(join(FIXTURES, name), 'utf8');
}

describe('a valid playbook', () => {
  it('gives a graph of what its templates read', async () => {
    const { graph, problems } = await validate(fixture('hello.yaml'));
    expect(problems).toEqual([]);
    expect(graph?.edges).toEqual([{ from: 'greet', to: 'check', kind: 'state' }]);
  });

  it('joins workloads by streams and notes handlers of failures', async () => {
    const { graph } = await validate(fixture('pipeline.yaml'));
    expect(graph?.groups).toEqual([['numbers', 'large', 'result'], ['show']]);
    expect(graph?.handlers).toEqual(new Map([['show', new Set(['result'])]]));
  });

  it('has edges for streams, then for what was read from the result of one', async () => {
    const text = playbook({
      a: 'process: { module: data:generate_from_list, params: { items: [] } }',
      b: 'process: { module: data:collect }, stream_inputs: [a], register: result_b',
      c: 'when: \'{{ .result_b.status == "Completed" }}\'',
    });
    const { graph } = await validate(text);
    expect(graph?.edges).toEqual([
      { from: 'a', to: 'b', kind: 'stream', port: 'main' },
      { from: 'b', to: 'c', kind: 'state' },
    ]);
  });
});

it('all problems are reported at once, in the order of the file', async () => {
  const text = fixture('broken.yaml');
  const { problems, playbook: compiled } = await validate(text, 'broken.yaml');
  expect(compiled).toBeUndefined();
  const report = problems.map((problem) => formatProblem(problem, text)).join('\n');
  await expect(`${report}\n`).toMatchFileSnapshot(join(FIXTURES, 'broken.txt'));
});

describe('a workload may not wait for itself', () => {
  it.each([
    ['by depends_on', 'depends_on: [a]', "'a' cannot wait for itself"],
    ['by its stream', 'stream_inputs: [a]', "'a' cannot wait for itself"],
    [
      'by its status',
      'when: \'{{ ._ork.workloads.a.status == "Completed" }}\'',
      "'a' cannot read its own result",
    ],
    [
      'by its registered result',
      "register: r, loop: '{{ r.summary.x }}'",
      "'a' cannot read its own result",
    ],
  ])('%s', async (_, rest, expected) => {
    expect(await errors(playbook({ a: rest }))).toEqual([expected]);
  });
});

describe('a cycle is printed as a path', () => {
  const cycle = (path: string): string => `these workloads wait for each other: ${path}`;

  it('of orders and results', async () => {
    const text = playbook({
      a: 'depends_on: [c]',
      b: 'depends_on: [a]',
      c: "register: r, when: '{{ _ork.workloads.b.summary.x }}'",
    });
    expect(await errors(text)).toEqual([cycle('a → b → c → a')]);
  });

  it('of streams alone', async () => {
    const text = playbook({ a: 'stream_inputs: [b]', b: 'stream_inputs: [a]' });
    expect(await errors(text)).toEqual([cycle('a → b → a')]);
  });

  it('through groups of streams, naming where it goes in and out', async () => {
    const text = playbook({
      a: 'depends_on: [d]',
      b: 'stream_inputs: [a]',
      c: 'depends_on: [b]',
      d: 'stream_inputs: [c]',
    });
    const { problems } = await validate(text);
    const found = problems.filter(({ severity }) => severity === 'error');
    expect(found).toMatchObject([
      { reason: 'playbook.cycle', message: cycle('b → c → d → a → b'), position: { line: 6 } },
    ]);
  });

  it('with a place, even where it starts inside a group', async () => {
    const text = playbook({
      a: 'stream_inputs: [b], depends_on: [c]',
      b: 'depends_on: [c]',
      c: "when: '{{ _ork.workloads.a.summary.x }}'",
    });
    const { problems } = await validate(text);
    const [found] = problems.filter(({ reason }) => reason === 'playbook.cycle');
    expect(found?.position).toBeDefined();
  });

  it('once for each knot', async () => {
    const text = playbook({
      a: 'depends_on: [b]',
      b: 'depends_on: [a]',
      c: 'depends_on: [d]',
      d: 'depends_on: [c]',
    });
    expect(await errors(text)).toEqual([cycle('a → b → a'), cycle('c → d → c')]);
  });

  it('through the source of events', async () => {
    const text = playbook({
      s: 'lifecycle: { policy: supervise }, depends_on: [e]',
      e: 'lifecycle: { policy: event_driven, source: s }',
    });
    expect(await errors(text)).toContainEqual(cycle('s → e → s'));
  });
});

describe('inside a group of streams nobody may wait', () => {
  it.each([
    ['by depends_on', 'depends_on: [a]'],
    ['for a result', "when: '{{ r.summary.x }}'"],
    ['for a failure', 'when: \'{{ r.status == "Failed" }}\''],
  ])('%s', async (_, rest) => {
    const text = playbook({ a: 'register: r', b: `stream_inputs: [a], ${rest}` });
    expect(await errors(text)).toEqual([
      "'b' waits for 'a' to end, but streams make them run together",
    ]);
  });

  it('from one end to the other', async () => {
    const text = playbook({
      a: '',
      b: 'stream_inputs: [a]',
      c: 'stream_inputs: [b], depends_on: [a]',
    });
    const { problems } = await validate(text);
    const found = problems.filter(({ severity }) => severity === 'error');
    expect(found).toMatchObject([{ reason: 'playbook.edge-in-group', position: { line: 6 } }]);
  });
});

it('names that nobody can have meant are not compared for ever', async () => {
  const names = Array.from({ length: 2000 }, (_, index) => `w${index}`);
  const missing = Array.from({ length: 1000 }, (_, index) => `x${index}`);
  const workloads = Object.fromEntries(names.map((name) => [name, '']));
  const text = playbook({ ...workloads, last: `depends_on: [${missing.join(', ')}]` });
  const { problems, counts } = await validate(text);
  expect(counts.errors).toBe(1000);
  expect(problems.findLastIndex(({ hint }) => hint !== undefined)).toBe(49);
});

describe('one mistake is one error', () => {
  const workload = 'lifecycle: { policy: run_once }, process: { module: control:identity }';
  it.each([
    [
      'a misspelled key is not missing as well',
      `name: p\nschemaVersion: v1.0.0\nworkloads:\n  - { nmae: a, ${workload} }\n`,
      ["unknown key 'nmae' (did you mean 'name'?)"],
    ],
    [
      'nor is one under its old name',
      `name: p\nschemaVersion: v1.0.0\ntasks:\n  - { name: a, type: exec }\n`,
      ['`tasks` is now `workloads`', '`type` is now `process.module`'],
    ],
    [
      'nor is one in the wrong place',
      `name: p\nschemaVersion: v1.0.0\nworkloads:\n  - { name: a, policy: run_once, module: exec }\n`,
      ['`policy` belongs under `lifecycle`', '`module` belongs under `process`'],
    ],
    [
      'a key that is there is not what a misspelled one stands for',
      playbook({ a: '' }, 'Name: p\n'),
      [expect.stringMatching(/^unknown key 'Name' \(known are: name, /)],
    ],
    [
      'what a misspelled key declares exists',
      playbook(
        { a: 'regsiter: r', b: "depends_on: [c], when: '{{ r.summary.ok && .on }}'" },
        'var: { on: true }\n',
      ).concat(`  - { nmae: c, ${workload} }\n`),
      [
        "unknown key 'var' (did you mean 'vars'?)",
        "unknown key 'regsiter' (did you mean 'register'?)",
        "unknown key 'nmae' (did you mean 'name'?)",
      ],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await errors(text)).toEqual(expected);
  });
});
