import { readdir, readlink } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { playbookFile, runOrk, startOrk } from '../support/ork.ts';
import { calls, runWorkloads } from '../support/run-workloads.ts';

const NUMBERS = { module: 'exec', params: { shell: 'seq "$1"', args: ['5000'], stream: 'lines' } };
const AS_NUMBER = { module: 'data:map', params: { fields: { n: 'int(record.line)' } } };

function pipeline(...steps: object[]): string {
  return calls('stream:pipeline', { steps });
}

describe('stream:pipeline', () => {
  test('hands every record on, in order, from the first step to the last', async () => {
    const { results, code } = await runWorkloads({
      even: pipeline(NUMBERS, AS_NUMBER, {
        module: 'data:filter',
        params: { where: 'record.n % 2 == 0' },
      }),
      list: `${calls('data:collect', { max: 5000 })}, stream_inputs: [even]`,
    });
    expect(code).toBe(0);
    const { records } = results['list'].summary;
    expect(records).toEqual(Array.from({ length: 2500 }, (_, index) => ({ n: 2 * index + 2 })));
  });

  test('has the summary of its last step, and below it that of each', async () => {
    const { results } = await runWorkloads({
      all: pipeline(NUMBERS, AS_NUMBER, { module: 'data:collect', params: { max: 10_000 } }),
    });
    const { steps, ...last } = results['all'].summary;
    expect(last.count).toBe(5000);
    expect(steps).toMatchObject([
      { module: 'exec', summary: { exit_code: 0 } },
      { module: 'data:map', summary: { count: 5000 } },
      { module: 'data:collect', summary: { count: 5000 } },
    ]);
    expect(results['all'].records_out).toBe(0);
  });

  test('reads the streams of the workload with its first step', async () => {
    const { results } = await runWorkloads({
      a: calls('data:generate_from_list', { items: [{ n: 1 }, { n: 2 }] }),
      b: calls('data:generate_from_list', { items: [{ n: 3 }] }),
      sum: `${pipeline(
        { module: 'control:identity' },
        {
          module: 'data:aggregate',
          params: { aggregates: [{ op: 'sum', field: 'n', as: 'sum' }] },
        },
        { module: 'data:collect' },
      )}, stream_inputs: [a, b]`,
    });
    expect(results['sum'].summary.records).toEqual([{ sum: 6 }]);
  });

  test('merges the ports of its steps by name', async () => {
    const parse = {
      module: 'data:parse',
      params: { format: 'json', field: 'line', on_error: 'dead_letter' },
    };
    const { results } = await runWorkloads({
      read: pipeline(
        {
          module: 'data:generate_from_list',
          params: { items: [{ line: '{"n": 1}' }, { line: 'no JSON' }, { line: '{"n": "x"}' }] },
        },
        parse,
        {
          module: 'data:map',
          params: { fields: { n: 'record.n + 1.0' }, on_error: 'dead_letter' },
        },
      ),
      good: `${calls('data:collect', {})}, stream_inputs: [read]`,
      bad: `${calls('data:collect', {})}, stream_inputs: [read.dead_letter]`,
    });
    expect(results['good'].summary.records).toEqual([{ n: 2 }]);
    expect(results['bad'].summary.records).toHaveLength(2);
  });

  test('renders templates in the params of a step', async () => {
    const { results } = await runWorkloads({
      base: `${calls('control:identity', { least: 2 })}, register: base`,
      above: pipeline(
        { module: 'data:generate_from_list', params: { items: [{ n: 1 }, { n: 2 }, { n: 3 }] } },
        {
          module: 'data:filter',
          params: { where: 'record.n >= bind.least', bind: { least: '{{ base.summary.least }}' } },
        },
        { module: 'data:collect' },
      ),
    });
    expect(results['above'].summary.count).toBe(2);
  });

  test('fails with the step that failed, whatever follows from it in the others', async () => {
    const { results, code } = await runWorkloads({
      broken: pipeline(
        NUMBERS,
        { module: 'data:map', params: { fields: { n: '10 / (int(record.line) - 4000)' } } },
        { module: 'control:identity' },
      ),
      list: `${calls('data:collect', {})}, stream_inputs: [broken]`,
    });
    expect(code).toBe(1);
    const { status, error, summary } = results['broken'];
    expect(status).toBe('Failed');
    expect(error.message).toMatch(/^step 2 \(data:map\): .*zero/);
    expect(summary.steps.map(({ module }: { module: string }) => module)).toEqual([
      'exec',
      'data:map',
      'control:identity',
    ]);
    expect(results['list'].error.reason).toBe('stream.upstream-failed');
  });

  test('keeps the exit code of a program that failed in a step', async () => {
    const { results } = await runWorkloads({
      broken: pipeline(
        { module: 'exec', params: { shell: 'echo one; exit 3', stream: 'lines' } },
        { module: 'data:collect' },
      ),
    });
    expect(results['broken'].error.message).toMatch(/^step 1 \(exec\): .*code 3/);
    expect(results['broken'].summary.steps[0].summary).toMatchObject({ exit_code: 3 });
  });

  test('ends with all of its steps, and their programs, at its timeout', async () => {
    const { results, folder } = await runWorkloads({
      endless: `${pipeline(
        { module: 'exec', params: { shell: 'yes', stream: 'lines' } },
        { module: 'control:identity' },
        { module: 'data:aggregate', params: { aggregates: [{ op: 'count', as: 'count' }] } },
      )}, timeout: 1s`,
    });
    expect(results['endless'].error).toMatchObject({ code: 'timeout' });
    expect(await processesIn(folder)).toEqual([]);
  });

  test('ends when the run is interrupted', async () => {
    const steps = pipeline(
      { module: 'exec', params: { shell: 'yes', stream: 'lines' } },
      { module: 'control:identity' },
      { module: 'control:barrier' },
    );
    const file = await playbookFile(
      `  - { name: endless, lifecycle: { policy: run_once }, ${steps} }\n`,
    );
    const ork = startOrk(['run', file]);
    await ork.said('▸ endless');
    ork.child.kill('SIGINT');
    const { code, stdout } = await ork.finished;
    expect(code).toBe(130);
    expect(stdout).toMatch(/endless +canceled/);
  });

  test('is listed and shown beside the modules of the library', async () => {
    const list = await runOrk(['modules', 'list']);
    expect(list.stdout).toMatch(/^stream:pipeline +transform +Runs modules one behind the other/m);
    const shown = await runOrk(['modules', 'show', 'stream:pipeline']);
    expect(shown.stdout).toContain('  steps: list of ');
  });
});

/** The processes whose working folder this is. */
async function processesIn(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(
    pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')),
  );
  return pids.filter((_, index) => folders[index] === folder);
}
