import { expect, test } from 'vitest';
import { playbook, validate } from '../../test/fixtures/playbooks/validating.ts';
import type { CheckedPlaybook } from '../playbook/call.ts';
import type { WorkloadName } from '../playbook/model.ts';
import { closureSecrets } from './closure-secrets.ts';

const asName = (name: string) => name as WorkloadName;

/** A playbook whose only secret has this name. */
async function needing(
  secret: string,
  calls: Record<string, CheckedPlaybook> = {},
  more: Record<string, string> = {},
): Promise<CheckedPlaybook> {
  const callers = Object.fromEntries(Object.keys(calls).map((name) => [name, '']));
  const params = `process: { module: "control:identity", params: { s: "{{ secret '${secret}' }}" } }`;
  const { playbook: compiled, graph } = await validate(
    playbook({ w: params, ...callers, ...more }),
  );
  if (compiled === undefined || graph === undefined) throw new Error('it does not validate');
  const named = Object.entries(calls).map(([name, called]) => [asName(name), called] as const);
  return { file: 'p.yaml', playbook: compiled, graph, calls: new Map(named), digest: '' };
}

test('the secrets of all playbooks that are called count, each once', async () => {
  const deep = await needing('DEEP');
  const left = await needing('LEFT', { a: deep });
  const right = await needing('RIGHT', { a: deep });
  const names = await closureSecrets(await needing('TOP', { left, right }), undefined);
  expect([...names].sort()).toEqual(['DEEP', 'LEFT', 'RIGHT', 'TOP']);
});

test('what is not selected calls nothing, unless it runs finally', async () => {
  const called = await needing('LEFT');
  const last = await needing('LAST');
  const root = await needing('TOP', { left: called, last }, { last: 'finally: true' });
  expect(await closureSecrets(root, new Set([asName('w')]))).toEqual(new Set(['TOP', 'LAST']));
});
