import { expect, test } from 'vitest';
import { compiled, playbook } from '../../test/fixtures/playbooks/validating.ts';
import type { WorkloadName } from '../playbook/model.ts';
import { requiredSecrets } from './required-secrets.ts';

const PARAMS = (text: string): string =>
  `process: { module: "control:identity", params: { list: [{ deep: "${text}" }] } }`;

test('literal names are found in params, `when`, `loop` and outputs', async () => {
  const text = playbook(
    {
      a: PARAMS("{{ secret('IN_PARAMS') }} and {{ secret 'ALONE' }}"),
      b: `when: "{{ secret('IN_WHEN') == 'x' }}"`,
      c: `loop: "{{ [secret('IN_LOOP')] }}"`,
    },
    `outputs: { o: "{{ secret('IN_OUTPUTS') }}" }\n`,
  );
  const names = await requiredSecrets(await compiled(text), undefined);
  expect([...names].sort()).toEqual(['ALONE', 'IN_LOOP', 'IN_OUTPUTS', 'IN_PARAMS', 'IN_WHEN']);
});

test('computed names, those with a default, and plain text are not', async () => {
  const text = playbook(
    {
      a: PARAMS("{{ secret(.name) }} {{ default(secret('OPTIONAL'), 'x') }} secret('TEXT')"),
    },
    'vars: { name: COMPUTED }\n',
  );
  expect(await requiredSecrets(await compiled(text), undefined)).toEqual(new Set());
});

test('workloads that are not selected need none, those that run finally do', async () => {
  const text = playbook({
    a: PARAMS("{{ secret('A') }}"),
    b: PARAMS("{{ secret('B') }}"),
    c: `finally: true, ${PARAMS("{{ secret('C') }}")}`,
  });
  const selected = new Set(['a' as WorkloadName]);
  expect(await requiredSecrets(await compiled(text), selected)).toEqual(new Set(['A', 'C']));
});
