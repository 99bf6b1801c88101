import { duplexPair } from 'node:stream';
import { expect, test } from 'vitest';
import { blockOf, linesIn } from '../../test/support/streams.ts';
import { type Message, Peer, type Reply } from '../frames/peer.ts';
import { OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';
import type { CallContext } from './call-context.ts';
import { HostError } from './host-error.ts';
import type { Input, Output } from './imports/streams.ts';
import type { InstancePool } from './instance-pool.ts';
import { PipelineCall } from './pipeline.ts';

/** What a module does, in place of its component. */
type Module = (streams: { input: Input; output: Output }, call: CallContext) => Promise<JsonObject>;

const pass: Module = async ({ input, output }) => {
  let count = 0;
  for (let ended = false; !ended; ) {
    const batch = await input.read(2, 1000, undefined);
    await output.write(batch.records);
    count += batch.records.length;
    ended = batch.ended;
  }
  return { count };
};

const numbers =
  (count: number): Module =>
  async ({ output }) => {
    for (let n = 1; n <= count; n++) await output.write([String(n)]);
    return { made: count };
  };

const endless: Module = async ({ output }) => {
  for (;;) await output.write(['{}']);
};

interface Run {
  outcome: JsonObject;
  /** What the kernel was sent, by the number of the output. */
  sent: Record<number, string[]>;
}

/** Runs modules as a pipeline; the kernel answers what `answer` says, and takes all that is written. */
async function runPipeline(
  modules: Module[],
  answer: (method: string, message: Message) => Reply | undefined = () => undefined,
  started: (call: PipelineCall) => void = () => {},
): Promise<Run> {
  const sent: Record<number, string[]> = {};
  const [kernelEnd, workerEnd] = duplexPair();
  const silent = { event: () => {}, closed: () => {} };
  new Peer(kernelEnd, {
    ...silent,
    request: (method, message) => {
      const reply = answer(method, message);
      if (reply !== undefined) return reply;
      const output = message.header['output'] as number;
      sent[output] = [...(sent[output] ?? []), ...linesIn({ bytes: message.body, records: 0 })];
      return { header: { dropped: 0 } };
    },
  });
  const peer = new Peer(workerEnd, { ...silent, request: () => ({}) });
  const call = new PipelineCall(peer, {
    call: 1,
    workload: 'w',
    instance: 'i',
    attempt: 1,
    dryRun: false,
    paths: {},
    inputs: ['source'],
    outputs: ['main', 'dead_letter'],
    steps: modules.map((_, index) => ({
      component: String(index),
      module: `test:m${index}`,
      params: {},
      capabilities: [],
      reusable: false,
      ports: ['dead_letter'],
    })),
  });
  started(call);
  const outcome = await call.run(async (glue) => poolOf(modules[Number(glue)] as Module));
  return { outcome, sent };
}

function poolOf(module: Module): InstancePool {
  const perform = async (call: CallContext, _: unknown, inputs: Input[], outputs: Output[]) => {
    try {
      const [input, output] = [inputs[0] as Input, outputs[0] as Output];
      return JSON.stringify(await module({ input, output }, call));
    } catch (error) {
      // As a guest lets through what the host has thrown at it.
      throw error instanceof HostError ? { tag: 'failed', val: { error: error.payload } } : error;
    }
  };
  return { take: async () => ({ perform }) } as unknown as InstancePool;
}

test('every step reads what the one before has written', async () => {
  const { outcome, sent } = await runPipeline([numbers(3000), pass, pass]);
  expect(sent).toEqual({ 0: Array.from({ length: 3000 }, (_, n) => String(n + 1)) });
  expect(outcome).toEqual({
    summary: {
      count: 3000,
      steps: [
        { module: 'test:m0', summary: { made: 3000 } },
        { module: 'test:m1', summary: { count: 3000 } },
        { module: 'test:m2', summary: { count: 3000 } },
      ],
    },
  });
});

test('the first step reads from the kernel', async () => {
  const blocks = [
    { header: { records: 2, ended: false }, body: blockOf(1, 2).bytes },
    { header: { records: 1, ended: true }, body: blockOf(3).bytes },
  ];
  const { sent } = await runPipeline([pass, pass], (method) =>
    method === 'input.read' ? blocks.shift() : undefined,
  );
  expect(sent).toEqual({ 0: ['1', '2', '3'] });
});

test('a step that has had enough ends those before it well', async () => {
  const some: Module = async ({ input, output }) => {
    const { records } = await input.read(1, 1000, undefined);
    await output.write(records);
    return { took: records.length };
  };
  const { outcome } = await runPipeline([endless, pass, some]);
  expect(outcome).toMatchObject({ summary: { took: 1 } });
});

test('a consumer of the workload that has had enough ends all of them well', async () => {
  const finished = new OrkError('closed', 'enough', { reason: 'stream.finished' });
  const { outcome } = await runPipeline([endless, pass], () => {
    throw finished;
  });
  expect(outcome).toEqual({
    summary: {
      steps: [
        { module: 'test:m0', summary: {} },
        { module: 'test:m1', summary: {} },
      ],
    },
  });
});

test('a failure names its step, and ends those before it although they wait for something else', async () => {
  const waiting: Module = ({ output }, { signal }) =>
    new Promise((_, reject) => {
      void output.write(['1']);
      signal.addEventListener('abort', () => reject(new OrkError('canceled', 'stopped')));
    });
  const failing: Module = async ({ input }) => {
    await input.read(1, 100, undefined);
    throw new OrkError('io', 'the disk is full', { reason: 'io.enospc', hint: 'free some space' });
  };
  const { outcome } = await runPipeline([waiting, failing, pass]);
  expect(outcome).toMatchObject({
    error: {
      code: 'io',
      reason: 'io.enospc',
      message: 'step 2 (test:m1): the disk is full',
      hint: 'free some space',
    },
    summary: { steps: [{ summary: null }, { summary: null }, { summary: null }] },
  });
});

test('what a step wrote before it failed still passes the steps behind it', async () => {
  const failing: Module = async ({ output }) => {
    await output.write(['1', '2']);
    throw new OrkError('io', 'gone');
  };
  const { sent, outcome } = await runPipeline([failing, pass]);
  expect(sent).toEqual({ 0: ['1', '2'] });
  expect(outcome).toMatchObject({ error: { message: 'step 1 (test:m0): gone' } });
});

test('a step cannot pause', async () => {
  const pausing: Module = async () => {
    throw { payload: { tag: 'paused', val: { reason: 'approval' } } };
  };
  const { outcome } = await runPipeline([pausing, pass]);
  expect(outcome).toMatchObject({
    error: { code: 'failed-precondition', reason: 'pipeline.pause' },
  });
});

test('canceling ends every step', async () => {
  const { outcome } = await runPipeline([endless, endlessReader], undefined, (call) =>
    setImmediate(() => call.cancel(1000)),
  );
  expect(outcome).toMatchObject({ error: { code: 'canceled' } });
});

/** Takes one record, and then waits for the signal. */
const endlessReader: Module = ({ input }, { signal }) =>
  new Promise((_, reject) => {
    void input.read(1, 100, undefined);
    signal.addEventListener('abort', () => reject(new OrkError('canceled', 'stopped')));
  });

test('in a dry run, what one step does not know the pipeline does not know', async () => {
  const unknown: Module = async () => ({ would_run: true });
  const { outcome } = await runPipeline([unknown, pass]);
  expect(outcome).toMatchObject({ summary: { would_run: true, count: 0 } });
});
