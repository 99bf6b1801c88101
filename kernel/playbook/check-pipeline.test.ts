import { describe, expect, test } from 'vitest';
import { catalog as library } from '../../test/fixtures/playbooks/catalog.ts';
import { builtInModules } from '../components/built-in.ts';
import { loadPlaybook } from './load.ts';
import type { Problem } from './model.ts';
import { effectiveManifest } from './pipeline.ts';
import { validatePlaybook } from './validate.ts';

const builtIn = new Map(builtInModules().map(({ manifest }) => [manifest.name, manifest]));
const catalog = {
  find: (name: string) => builtIn.get(name) ?? library.find(name),
  names: () => [...builtIn.keys(), ...library.names()],
};

const ITEMS = '{ module: "data:generate_from_list", params: { items: [] } }';
const FILTER = '{ module: "data:filter", params: { where: "record.n > 1" } }';
const COLLECT = '{ module: "data:collect" }';

async function problemsOf(steps: string, others = ''): Promise<Problem[]> {
  const text = `name: p
schemaVersion: v1.0.0
vars: { v: 1 }
workloads:
  - name: w
    lifecycle: { policy: run_once }
    process: { module: "stream:pipeline", params: { steps: ${steps} } }
${others}`;
  const { loaded, problems } = loadPlaybook(text, 'p.yaml');
  if (loaded === undefined) return problems;
  return (await validatePlaybook(loaded, catalog)).problems;
}

/** A workload that reads a stream. */
const reader = (input: string): string => `  - name: r
    lifecycle: { policy: run_once }
    process: { module: "data:collect" }
    stream_inputs: [${input}]
`;

async function errorsOf(steps: string, others = ''): Promise<string[]> {
  const problems = await problemsOf(steps, others);
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`));
}

describe('the steps of a pipeline', () => {
  test.each([
    [`[${ITEMS}, ${FILTER}, ${COLLECT}]`, []],
    ['[]', ['stream:pipeline: params.steps must have at least 1 items']],
    [
      `[${ITEMS}, { module: "data:filtr" }]`,
      ["there is no module 'data:filtr' (did you mean 'data:filter'?)"],
    ],
    [`[${ITEMS}, { module: "data:filter" }]`, ['step 2 (data:filter): params.where is required']],
    [
      `[${ITEMS}, { module: "data:filter", params: { where: "true", what: 1 } }]`,
      ["step 2 (data:filter): unknown param 'what' (known are: where, bind)"],
    ],
    [
      '[{ module: "stream:pipeline", params: { steps: [] } }]',
      ['stream:pipeline runs other modules, and cannot be a step itself (list its steps here)'],
    ],
    [
      `[${FILTER}, ${ITEMS}]`,
      ['step 2 (data:generate_from_list) does not take a stream, and stands behind another step'],
    ],
    [
      `[${ITEMS}, ${COLLECT}, ${COLLECT}]`,
      ['step 2 (data:collect) produces no stream, and stands before another step'],
    ],
    [
      `[{ module: exec, params: { shell: ls } }, ${COLLECT}]`,
      ['step 1 (exec) produces no stream, and stands before another step (set its param `stream`)'],
    ],
    [
      `"{{ v }}"`,
      [
        'the steps of a pipeline must be written out: a template cannot yield them (templates may stand in the params of a step)',
      ],
    ],
    [
      `[${ITEMS}, { module: "{{ v }}" }]`,
      [
        'the module of a step must be written out: a template cannot yield them (templates may stand in the params of a step)',
      ],
    ],
    [
      `[${ITEMS}, { module: "data:filter", params: { where: "(record.n" } }]`,
      ["'(' has no matching ')'"],
    ],
    [
      `[${ITEMS}, { module: "data:filter", params: { where: "{{ v }}" } }]`,
      [
        'this param is an expression of its own and is never templated (pass values by bind: { name: "{{ … }}" } and read them as bind.name)',
      ],
    ],
  ])('%s', async (steps, expected) => {
    expect(await errorsOf(steps)).toEqual(expected);
  });

  test('are reported where they stand', async () => {
    const problems = await problemsOf(`[${ITEMS}, { module: "data:filtr" }]`);
    const unknown = problems.find(({ reason }) => reason === 'playbook.unknown-module');
    expect(unknown?.position).toMatchObject({ line: 7, column: 133, length: 12 });
  });
});

describe('a pipeline in the graph', () => {
  test.each([
    ['w', FILTER, []],
    ['w', COLLECT, ["'w' is stream:pipeline, which does not produce a stream"]],
    ['w.dead_letter', '{ module: "data:map" }', []],
    ['w.dead_letter', `{ module: "data:map" }, ${COLLECT}`, []],
    ['w.dead_letter', FILTER, ["stream:pipeline has no port 'dead_letter' (it has: main)"]],
  ])('read by %s, with %s behind its first step', async (input, steps, expected) => {
    expect(await errorsOf(`[${ITEMS}, ${steps}]`, reader(input))).toEqual(expected);
  });

  test('whose first step reads no stream cannot have inputs', async () => {
    const text = await errorsOf(`[${ITEMS}, ${COLLECT}]`, '    stream_inputs: [w2]\n');
    expect(text).toContain('stream:pipeline does not take a stream');
  });

  test.each([
    [`[${ITEMS}, ${FILTER}]`, ['stream.unread']],
    [`[${COLLECT}]`, ['stream.missing']],
    [
      `[${ITEMS}, { module: "data:map", params: { on_error: dead_letter } }, ${COLLECT}]`,
      ['stream.unread'],
    ],
  ])('warns as a module would: %s', async (steps, expected) => {
    const warnings = (await problemsOf(steps)).filter(({ severity }) => severity === 'warning');
    expect(warnings.map(({ reason }) => reason)).toEqual(expected);
  });
});

test('the manifest of a pipeline is put together from its steps', () => {
  const steps = [
    { module: 'exec', params: { stream: 'lines' } },
    { module: 'data:map', params: {} },
    { module: 'data:filter', params: {} },
  ];
  expect(effectiveManifest('stream:pipeline', { steps }, catalog.find)).toMatchObject({
    stream: 'producer',
    ports: ['dead_letter'],
    expressions: ['steps.1.params.fields.*', 'steps.2.params.where'],
    code: ['steps.0.params.shell'],
    idempotent: true,
    supports_dry_run: false,
  });
});
