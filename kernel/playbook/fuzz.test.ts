import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { catalog } from '../../test/fixtures/playbooks/catalog.ts';
import { formatProblem } from './caret.ts';
import { loadPlaybook } from './load.ts';
import type { Problem } from './model.ts';
import { validatePlaybook } from './validate.ts';

async function check(text: string): Promise<Problem[]> {
  const { loaded, problems } = loadPlaybook(text, 'p.yaml');
  if (loaded === undefined) return problems;
  const { problems: found, playbook } = await validatePlaybook(loaded, catalog);
  expect(playbook === undefined).toBe(found.some(({ severity }) => severity === 'error'));
  return found;
}

const words = fc.constantFrom(
  ...['name', 'schemaVersion', 'v1.0.0', 'vars', 'workloads', 'lifecycle', 'policy', 'run_once'],
  ...['process', 'module', 'params', 'exec', 'a', 'b', 'depends_on', 'stream_inputs', 'register'],
  ...['when', 'loop', 'supervise', '{{ a }}', '{{ _ork.workloads.a.summary }}', '{{ a +', '5s'],
  ...['timeout', 'stream_policy', 'security_context', 'data:map', 'fields', 'toString', ''],
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    words,
    fc.constantFrom(null, true, 0, 1.5, -1),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(words, tie('tree'), { maxKeys: 6 }),
  ),
}));
const workload = fc.record(
  {
    name: fc.constantFrom('a', 'b', 'c'),
    lifecycle: fc.constant({ policy: 'run_once' }),
    process: fc.record({ module: fc.constantFrom('exec', 'data:map', 'none'), params: tree }),
    depends_on: fc.array(fc.constantFrom('a', 'b', 'c')),
    stream_inputs: fc.array(fc.constantFrom('a', 'b', 'c.dead_letter')),
    register: fc.constantFrom('a', 'r'),
    when: words,
  },
  { requiredKeys: ['name', 'lifecycle', 'process'] },
);

it('no text makes loading or validating throw', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc
      .array(fc.constantFrom('a', ': ', '- ', '\n', '  ', '[', '{', '}', '"', '|', '&x', '*x', '!'))
      .map((parts) => parts.join('')),
  );
  await fc.assert(
    fc.asyncProperty(text, async (source) => {
      for (const problem of await check(source)) formatProblem(problem, source);
    }),
    { numRuns: 250 },
  );
}, 60_000);

it('no tree of values makes validating throw, and mistakes have a place', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(words, tree), async (value) => {
      const problems = await check(stringify(value));
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.every(({ position }) => position !== undefined)).toBe(true);
    }),
    { numRuns: 100 },
  );
}, 60_000);

it('no combination of workloads makes validating throw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(workload, { minLength: 1 }), async (workloads) => {
      await check(stringify({ name: 'p', schemaVersion: 'v1.0.0', workloads }));
    }),
    { numRuns: 100 },
  );
}, 60_000);
