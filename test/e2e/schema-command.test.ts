import { expect, test } from 'vitest';
import { runOrk } from '../support/ork.ts';

test('schema prints the JSON Schema of playbooks', async () => {
  const { code, stdout, stderr } = await runOrk(['schema', 'playbook']);
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'ORK playbook v1.0.0',
    properties: { workloads: { items: { $ref: '#/$defs/workload' } } },
  });
  expect((await runOrk(['schema'])).stdout).toBe(stdout);
});

test("the daemon's is not available yet, another does not exist", async () => {
  const daemon = await runOrk(['schema', 'daemon']);
  expect([daemon.code, daemon.stdout]).toEqual([2, '']);
  expect(daemon.stderr).toContain('not available in this version');
  const other = await runOrk(['schema', 'module']);
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('Allowed choices are playbook, daemon.');
});
