import { expect, it } from 'vitest';
import { errors, playbook } from '../../test/fixtures/playbooks/validating.ts';

function reading(expression: string, rest = ''): string {
  const params = JSON.stringify({ x: `{{ ${expression} }}` });
  return `process: { module: control:identity, params: ${params} }${rest}`;
}

const REFUSED =
  "the environment variable 'STAGE' cannot be read here (grant it by security_context: { env: [STAGE] })";
const GRANT = 'security_context: { env: [STAGE] }';

it('an environment variable has to be granted', async () => {
  expect(await errors(playbook({ w: reading("env('STAGE')") }))).toEqual([REFUSED]);
});

it.each([
  ['by its workload', playbook({ w: reading("env('STAGE')", `, ${GRANT}`) })],
  ['by the playbook', playbook({ w: reading("env('STAGE')") }, `${GRANT}\n`)],
])('%s', async (_, text) => {
  expect(await errors(text)).toEqual([]);
});

it('the list of a workload replaces that of the playbook', async () => {
  const rest = ', security_context: { env: [OTHER] }';
  const text = playbook({ w: reading("env('STAGE')", rest) }, `${GRANT}\n`);
  expect(await errors(text)).toEqual([REFUSED]);
});

it.each(["default(env('STAGE'), 'test')", 'env(name)'])('may turn out well: %s', async (text) => {
  expect(await errors(playbook({ w: reading(text) }, 'vars: { name: STAGE }\n'))).toEqual([]);
});

it('outputs belong to no workload', async () => {
  const text = playbook({ w: '' }, `${GRANT}\noutputs: { x: "{{ env('STAGE') }}" }\n`);
  expect(await errors(text)).toEqual([
    "the environment variable 'STAGE' cannot be read here (read it in a workload, and register the result)",
  ]);
});
