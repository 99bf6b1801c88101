import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { messages, playbook, validate } from '../../test/fixtures/playbooks/validating.ts';
import { formatProblem } from './caret.ts';

const FIXTURES = join(import.meta.dirname, '../../test/fixtures/playbooks');

function fixture(name: string): string {
  return readFileSync(join(FIXTURES, name), 'utf8');
}

describe('a valid playbook', () => {
  it('is compiled with its defaults', async () => {
    const { playbook: compiled, problems } = await validate(fixture('hello.yaml'));
    expect(problems).toEqual([]);
    expect(compiled).toMatchObject({ name: 'hello', vars: { who: 'world' } });
    expect(compiled?.workloads[0]).toMatchObject({
      name: 'greet',
      dependsOn: [],
      ignoreErrors: false,
      streamPolicy: { bufferSize: 1024, bufferBytes: 4_194_304, overflow: 'block' },
      securityContext: { sandbox: 'default', filesystem: { read: [], write: [] }, env: [] },
    });
  });

  it('gives a graph of what its templates read', async () => {
    const { graph } = await validate(fixture('hello.yaml'));
    expect(graph?.edges).toEqual([{ from: 'greet', to: 'check', kind: 'state' }]);
  });

  it('merges policies field by field', async () => {
    const { playbook: compiled } = await validate(fixture('pipeline.yaml'));
    expect(compiled).toMatchObject({ timeout: 60_000, maxParallel: 2 });
    expect(compiled?.workloads[1]?.streamPolicy).toEqual({
      bufferSize: 16,
      bufferBytes: 1_048_576,
      overflow: 'block',
    });
    expect(compiled?.workloads[3]?.securityContext).toEqual({
      sandbox: 'none',
      filesystem: { read: ['/etc/hosts'], write: [] },
      env: ['PATH'],
    });
  });

  it('joins workloads by streams and notes handlers of failures', async () => {
    const { graph } = await validate(fixture('pipeline.yaml'));
    expect(graph?.groups).toEqual([['numbers', 'large', 'result'], ['show']]);
    expect(graph?.handlers).toEqual(new Map([['show', new Set(['result'])]]));
  });

  it('keeps !raw strings from being rendered', async () => {
    const { playbook: compiled } = await validate(fixture('pipeline.yaml'));
    const params = compiled?.workloads[3]?.process.params;
    expect(params).toEqual({ command: ['docker', 'ps', '--format', '{{ "{{.ID}}" }}'] });
  });
});

it('all problems are reported at once, in the order of the file', async () => {
  const text = fixture('broken.yaml');
  const { problems, playbook: compiled } = await validate(text, 'broken.yaml');
  expect(compiled).toBeUndefined();
  const report = problems.map((problem) => formatProblem(problem, text)).join('\n');
  await expect(`${report}\n`).toMatchFileSnapshot(join(FIXTURES, 'broken.txt'));
});

describe('keys', () => {
  it.each([
    ['depend_on: [b]', "unknown key 'depend_on' (did you mean 'depends_on'?)"],
    ['on_crash: maybe', '`on_crash` must be one of rerun, fail'],
    ['type: exec', '`type` is now `process.module`'],
    ['timeout: 5', '`timeout` must be a duration such as 30s or 1h30m'],
    ['timeout: 0s', '`timeout` must be longer than zero'],
    ['ignore_errors: 1', '`ignore_errors`: expected boolean, got number'],
    ['depends_on: b', '`depends_on`: expected list, got string'],
    [
      'stream_policy: { overflow: drop }',
      '`overflow` must be one of block, drop_new, drop_old, fail',
    ],
    ['stream_policy: { buffer_bytes: 4MB }', '`buffer_bytes` must be a size such as 4MiB'],
    [
      'security_context: { env: [NODE_OPTIONS] }',
      '`env[0]`: NODE_OPTIONS is never given to a workload',
    ],
  ])('%s', async (rest, expected) => {
    expect(await messages(playbook({ a: rest, b: '' }))).toEqual([expected]);
  });

  it('that are required are asked for', async () => {
    expect(await messages('name: p\n')).toEqual([
      '`schemaVersion` is required (v1.0.0)',
      '`workloads` is required',
    ]);
  });

  it('that belong to another policy are refused on run_once', async () => {
    const text = playbook({ a: '' }).replace('run_once', 'run_once, restart_policy: always');
    expect(await messages(text)).toEqual([
      '`restart_policy` belongs to the supervise policy, not to run_once',
    ]);
  });
});

describe('names', () => {
  it.each([
    ['for', "`name`: 'for' is a reserved word"],
    ['_ork', "`name`: '_ork' is a reserved word"],
    [
      'a-b',
      "`name`: 'a-b' is not an identifier; use letters, digits and _, starting with a letter or _",
    ],
  ])('%s is no name', async (name, expected) => {
    expect(await messages(playbook({ [name]: '' }))).toEqual([expected]);
  });

  it('of workloads are unique', async () => {
    const text = playbook({ a: '', b: '' }).replace('name: b', 'name: a');
    expect(await messages(text)).toEqual(["there are two workloads named 'a'"]);
  });

  it.each([
    ['a var', { a: 'register: v' }, "'v' is already the name of a var"],
    ['another result', { a: 'register: r', b: 'register: r' }, "'r' is already registered by 'a'"],
    ['a workload', { a: 'register: b', b: '' }, "'b' is already the name of another workload"],
  ])('that are registered may not be those of %s', async (_, workloads, expected) => {
    expect(await messages(playbook(workloads, 'vars: { v: 1 }\n'))).toEqual([expected]);
  });

  it('that are registered may be the workload’s own', async () => {
    expect(await messages(playbook({ a: 'register: a' }))).toEqual([]);
  });

  it('of vars can be read by expressions', async () => {
    expect(await messages(playbook({ a: '' }, 'vars: { loop: 1 }\n'))).toEqual([
      "`loop`: 'loop' is a reserved word",
    ]);
  });
});

describe('dependencies', () => {
  it('must exist', async () => {
    expect(await messages(playbook({ first: '', b: 'depends_on: [frist]' }))).toEqual([
      "there is no workload 'frist' (did you mean 'first'?)",
    ]);
  });

  it('on oneself are refused', async () => {
    expect(await messages(playbook({ a: 'depends_on: [a]' }))).toEqual([
      "'a' cannot wait for itself",
    ]);
  });

  it('in a circle are printed', async () => {
    const text = playbook({
      a: 'depends_on: [c]',
      b: 'depends_on: [a]',
      c: "register: r, when: '{{ _ork.workloads.b.summary.x }}'",
    });
    expect(await messages(text)).toEqual(['these workloads wait for each other: a → b → c → a']);
  });

  it('inside a group of streams are refused', async () => {
    const text = playbook({ a: '', b: 'stream_inputs: [a], depends_on: [a]' });
    expect(await messages(text)).toEqual([
      "'b' waits for 'a' to end, but streams make them run together",
    ]);
  });
});
