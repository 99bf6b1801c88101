import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildStandardLibrary } from '../../kernel/components/build/build-library.ts';
import { checkout, temporaryFolder } from '../support/ork.ts';
import { LONG_RUN } from '../support/property-runs.ts';
import type { Report } from '../support/run-workloads.ts';

const MIB = 1024 * 1024;
/**
 * What the kernel may grow by, whatever is offered to a consumer that is slower. Most of it are buffers that
 * have been read and not yet been collected: V8 lets them grow to 64 MiB before it looks.
 */
const BOUND = 96 * MIB;
const RECORD_BYTES = 1000;
/** Offered, and read at a thousand a second: all of it in the long run, a few seconds' worth otherwise. */
const [OFFERED, ENOUGH] = LONG_RUN ? [1_000_000, 1_000_000] : [200_000, 3000];
const TIMEOUT_MS = LONG_RUN ? 1_800_000 : 120_000;

let library: string;

beforeAll(async () => {
  library = await mkdtemp(path.join(tmpdir(), 'ork-slow-'));
  const modulesDirectory = path.join(checkout, 'test/fixtures/load-modules');
  await buildStandardLibrary({ modulesDirectory, outputDirectory: library });
});

afterAll(() => rm(library, { recursive: true }));

/** What a kernel of its own says of a fast producer and a slow consumer with a channel of this policy between. */
async function measure(policy: string, enough = ENOUGH): Promise<Report> {
  const playbook = path.join(await temporaryFolder(), 'playbook.yaml');
  await writeFile(
    playbook,
    `workloads:
  - name: fast
    lifecycle: { policy: run_once }
    process: { module: "load:offer", params: { records: ${OFFERED}, bytes: ${RECORD_BYTES} } }
  - name: slow
    lifecycle: { policy: run_once }
    process: { module: "load:trickle", params: { per_second: 1000, enough: ${enough} } }
    stream_inputs: [fast]
    stream_policy: ${policy}
`,
  );
  const script = path.join(checkout, 'test/fixtures/slow-consumer/main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, library, playbook]);
  return JSON.parse(stdout) as Report;
}

describe('a consumer that is slower than its producer', () => {
  test(
    'holds the producer back, and costs the kernel no memory',
    async () => {
      const { grown, channel, slow } = await measure('{ overflow: block }');
      expect(grown).toBeLessThan(BOUND);
      expect(channel).toMatchObject({ dropped: 0, highWater: 1024 });
      expect(slow.summary.read).toBeGreaterThanOrEqual(ENOUGH);
    },
    TIMEOUT_MS,
  );

  test.each(['drop_new', 'drop_old'])(
    'lets the producer through with %s, and costs the kernel no memory',
    async (overflow) => {
      const { grown, channel, fast } = await measure(`{ overflow: ${overflow} }`, OFFERED);
      expect(grown).toBeLessThan(BOUND);
      expect(fast.summary).toEqual({ records: OFFERED, dropped: channel.dropped });
      expect(channel.written).toBe(OFFERED);
      expect(channel.read + channel.dropped).toBe(OFFERED);
      expect(channel.dropped).toBeGreaterThan(OFFERED / 2);
    },
    TIMEOUT_MS,
  );

  test(
    'fails the producer with fail, and costs the kernel no memory',
    async () => {
      const { grown, fast } = await measure('{ overflow: fail }');
      expect(grown).toBeLessThan(BOUND);
      expect(fast.error).toMatchObject({
        code: 'resource-exhausted',
        reason: 'stream.policy-violation',
      });
    },
    TIMEOUT_MS,
  );

  test(
    'would be seen to cost memory, had its channel no bound',
    async () => {
      const policy = '{ buffer_size: 1000000, buffer_bytes: 4GiB }';
      const { grown } = await measure(policy, 6000);
      expect(grown).toBeGreaterThan(BOUND);
    },
    TIMEOUT_MS,
  );
});
