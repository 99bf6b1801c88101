import { expect, test } from 'vitest';
import { calls, runWorkloads } from '../support/run-workloads.ts';

test('fail fails with its message and reason, and what depends on it is skipped', async () => {
  const { code, results } = await runWorkloads({
    check: calls('control:fail', { message: 'The disk is full.', reason: 'disk.full' }),
    plain: calls('control:fail', { message: 'No.' }),
    after: `${calls('control:identity', {})}, depends_on: [check]`,
  });
  expect(code).toBe(1);
  expect(results['check'].error).toMatchObject({
    code: 'failed-precondition',
    reason: 'disk.full',
    message: 'The disk is full.',
  });
  expect(results['plain'].error.reason).toBe('control.fail');
  expect(results['after'].status).toBe('Skipped');
});

test('sleep waits as long as it is told, and ends with a timeout', async () => {
  const { results } = await runWorkloads({
    short: calls('control:sleep', { duration: '300ms' }),
    long: `${calls('control:sleep', { duration: '1h' })}, timeout: 300ms`,
    before: calls('control:identity', {}),
  });
  const { slept_ms } = results['short'].summary;
  expect(slept_ms).toBeGreaterThanOrEqual(295);
  expect(slept_ms).toBeLessThan(3000);
  expect(results['long'].error).toMatchObject({ code: 'timeout' });
});

test('a barrier ends when all upstream has, and passes streams through', async () => {
  const { code, results } = await runWorkloads({
    one: calls('data:generate_from_list', { items: [1, 2], repeat: 1000 }),
    two: calls('data:generate_from_list', { items: [3] }),
    slow: calls('control:sleep', { duration: '500ms' }),
    barrier: `${calls('control:barrier', {})}, stream_inputs: [one, two], depends_on: [slow]`,
    rest: `${calls('data:aggregate', { aggregates: [{ op: 'sum', field: 'item', as: 'sum' }] })}, stream_inputs: [barrier]`,
    list: `${calls('data:collect', {})}, stream_inputs: [rest]`,
    after: `${calls('control:identity', {})}, depends_on: [barrier]`,
  });
  expect(code).toBe(0);
  expect(results['barrier'].summary).toEqual({ records: 2001 });
  expect(results['list'].summary.records).toEqual([{ sum: 3003 }]);
  const ended = (name: string) => Date.parse(results[name].started_at) + results[name].duration_ms;
  expect(Date.parse(results['after'].started_at)).toBeGreaterThanOrEqual(ended('slow') - 5);
});
