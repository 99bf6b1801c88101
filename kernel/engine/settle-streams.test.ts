import { describe, expect, test } from 'vitest';
import { blockOf } from '../../test/support/streams.ts';
import type { Workload, WorkloadName } from '../playbook/model.ts';
import { Channel } from '../streams/channel.ts';
import { FanOut } from '../streams/fan-out.ts';
import type { FinalStatus } from './events.ts';
import { haveMoved, settleStreams } from './settle-streams.ts';
import type { WorkloadStreams } from './wiring.ts';

const open = (): Channel => new Channel({ records: 10, bytes: 1000 });
const signal = new AbortController().signal;

/** A workload that reads `input`, and writes to a port that `output` reads. */
function setUp() {
  const [input, output] = [open(), open()];
  const port = new FanOut([output]);
  const streams: WorkloadStreams = {
    waits: new Set(),
    inputs: [{ source: 'p', channel: input }],
    outputs: [{ name: 'main', port }],
  };
  return { input, output, port, streams };
}

function settle(status: FinalStatus, more: { ignoreErrors?: boolean; wouldRun?: true } = {}) {
  const { ignoreErrors = false, ...result } = more;
  const { input, output, streams } = setUp();
  const workload = { name: 'w' as WorkloadName, ignoreErrors } as Workload;
  settleStreams(workload, streams, { status, ...result });
  return { input, output };
}

describe('records have moved', () => {
  test('once one was read', async () => {
    const { input, streams } = setUp();
    await input.write(blockOf(1));
    expect(haveMoved(streams)).toBe(false);
    input.take(1, 1000);
    expect(haveMoved(streams)).toBe(true);
  });

  test('once one was written', async () => {
    const { port, streams } = setUp();
    await port.write(blockOf(1), signal);
    expect(haveMoved(streams)).toBe(true);
  });
});

describe('consumers', () => {
  test.each<[FinalStatus, boolean]>([
    ['Completed', false],
    ['Skipped', false],
    ['Failed', true],
    ['Canceled', true],
  ])(
    'of a workload that is %s (errors ignored: %s) see the end of its stream',
    (status, ignoreErrors) => {
      const { output } = settle(status, { ignoreErrors });
      expect(output.take(1, 1000)).toMatchObject({ records: 0, ended: true });
    },
  );

  test.each<FinalStatus>(['Failed', 'Canceled'])('of a workload that is %s see that', (status) => {
    const { output } = settle(status);
    expect(() => output.take(1, 1000)).toThrow(
      expect.objectContaining({ code: 'closed', reason: 'stream.upstream-failed' }),
    );
  });

  test('of a workload that a dry run left out learn that its records are not known', () => {
    const { output } = settle('Skipped', { wouldRun: true });
    expect(() => output.take(1, 1000)).toThrow(
      expect.objectContaining({ code: 'unavailable', reason: 'dry-run.unknown-stream' }),
    );
  });
});

describe('for its producers a workload', () => {
  test.each<[FinalStatus, boolean, string]>([
    ['Completed', false, 'finished'],
    ['Completed', true, 'finished'],
    ['Skipped', false, 'absent'],
    ['Failed', false, 'failed'],
    ['Failed', true, 'absent'],
    ['Canceled', false, 'failed'],
  ])('that is %s (errors ignored: %s) is %s', (status, ignoreErrors, departure) => {
    expect(settle(status, { ignoreErrors }).input.departure).toBe(departure);
  });
});
