import { expect, it } from 'vitest';
import { playbook, validate } from '../../test/fixtures/playbooks/validating.ts';
import { daemonOnly } from './check-for-run.ts';
import { type LoadedPlaybook, loadPlaybook } from './load.ts';
import type { Playbook } from './model.ts';

async function refused(text: string) {
  const { playbook: compiled } = await validate(text);
  const { loaded } = loadPlaybook(text, 'p.yaml');
  return daemonOnly(compiled as Playbook, loaded as LoadedPlaybook).problems;
}

it('run_once workloads can be run by `ork run`', async () => {
  expect(await refused(playbook({ a: '', b: 'depends_on: [a]' }))).toEqual([]);
});

it.each([
  ['supervise', 'supervise'],
  ['event_driven', 'event_driven, source: a'],
  ['scheduled', 'scheduled, cron: "0 3 * * *"'],
])('%s workloads cannot, and the daemon is pointed to', async (policy, lifecycle) => {
  const text = playbook({ a: '', w: `lifecycle: { policy: ${lifecycle} }` });
  expect(await refused(text)).toEqual([
    {
      severity: 'error',
      reason: 'playbook.needs-daemon',
      message: `\`ork run\` only runs run_once workloads; 'w' is ${policy}`,
      hint: 'it needs the daemon',
      position: { file: 'p.yaml', line: 5, column: 76, length: policy.length },
    },
  ]);
});
