import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { timeCommand } from '../command.ts';
import { Host } from '../host-api.ts';
import { type Bench, makeRow, type Row, type Suite } from '../measure.ts';
import { type Contestant, interleave, type Summary, summarize, timed } from '../sampling.ts';

const IDENTITY = { module: 'control:identity', params: { greeting: 'hello' } };
/** After fewer, V8 has not yet compiled the module's code with its better compiler. */
const WARM_CALLS = 400;
const BATCH = 25;
const ECHO = "process.on('message', (message) => process.send(message))";

/** A new worker, and calls of `control:identity` from the kernel into one that is there. */
export const calls: Suite = {
  name: 'calls',
  async measure(bench: Bench): Promise<Row[]> {
    const host = new Host(bench.folder, bench.installation.from);
    try {
      return [...(await roundTrips(host, bench)), ...(await coldWorker(host, bench))];
    } finally {
      await host.close();
    }
  },
};

async function roundTrips(host: Host, { sizes }: Bench): Promise<Row[]> {
  const echo = spawn(process.execPath, ['-e', ECHO], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const contestants = [
    await batches('fresh', callIn(host, false)),
    await batches('reused', callIn(host, true)),
    await batches('a message to a Node child and back', () => send(echo)),
  ];
  const [fresh, reused, message] = await interleave(contestants, sizes.callBatches);
  echo.kill();
  return callRows(fresh as Summary, reused as Summary, message as Summary);
}

/** Each in a worker of its own, so that the garbage of one is not collected in the time of the other. */
function callIn(host: Host, reusable: boolean): () => Promise<void> {
  const worker = host.startWorker();
  return async () => host.call(await worker, { ...IDENTITY, reusable });
}

/** One sample is the median of a batch of calls, one right after the other, of compiled code. */
async function batches(name: string, call: () => Promise<void>): Promise<Contestant> {
  for (let warm = 0; warm < WARM_CALLS; warm++) await call();
  const sample = async (): Promise<number> => {
    const times: number[] = [];
    for (let index = 0; index < BATCH; index++) times.push(await timed(call));
    return summarize(name, times).median;
  };
  return { name, sample };
}

function callRows(fresh: Summary, reused: Summary, message: Summary): Row[] {
  const unit = 'ms';
  const what = 'call of control:identity, round trip from the kernel';
  return [
    makeRow(
      { id: 'call-fresh', what: `${what}: fresh instance`, unit, aim: { of: 'median', most: 2.5 } },
      fresh,
      [message],
    ),
    makeRow(
      {
        id: 'call-reused',
        what: `${what}: reused instance`,
        unit,
        aim: { of: 'median', most: 0.2 },
      },
      reused,
      [message, { ...fresh, name: 'fresh instance' }],
    ),
  ];
}

async function send(child: ChildProcess): Promise<void> {
  const answered = once(child, 'message');
  child.send(IDENTITY);
  await answered;
}

async function coldWorker(host: Host, { sizes }: Bench): Promise<Row[]> {
  const contestants = [
    { name: 'ork', sample: () => timed(async () => (await host.startWorker()).ready) },
    { name: 'node -e 0', sample: () => timeCommand([process.execPath, '-e', '0']) },
  ];
  const [ork, bare] = (await interleave(contestants, sizes.coldWorkers)) as [Summary, Summary];
  return [
    makeRow(
      {
        id: 'cold-worker',
        what: 'cold worker, from its start to ready',
        unit: 'ms',
        aim: { of: 'median', most: 60 },
      },
      ork,
      [bare],
    ),
  ];
}
