import module from 'node:module';
import { Socket } from 'node:net';
import { type Message, Peer, type Reply } from '../frames/peer.ts';
import { asOrkError, OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';
import { Component, type ComponentLocation } from './component.ts';
import { loadExpressions } from './imports/expressions.ts';
import { InstancePool } from './instance-pool.ts';
import { PerformCall } from './perform.ts';
import { PipelineCall } from './pipeline.ts';

/** The kernel's end of the socket pair is handed over under this number. */
const KERNEL_FD = 3;

const components = new Map<string, Promise<InstancePool>>();
const calls = new Map<number, PerformCall | PipelineCall>();
let cacheKept = process.argv[3] !== 'keep';

const peer = new Peer(new Socket({ fd: KERNEL_FD }), {
  request: answer,
  event: (method, message) => {
    if (method === 'cancel') cancel(message);
    if (method === 'preload') preload(message);
  },
  closed: endWithKernel,
});

// A guest's fault must not end the calls of its neighbours; what is left over is a fault of ours.
process.on('uncaughtException', (error) => {
  peer.notify('dying', { message: String(error.stack) });
  process.exitCode = 70;
  peer.close(asOrkError(error));
});

peer.notify('ready', {});

async function answer(method: string, message: Message): Promise<Reply> {
  switch (method) {
    case 'load':
      await load(message.header as unknown as ComponentLocation);
      return {};
    case 'perform':
      return { header: await perform(message) };
    default:
      throw new OrkError('unsupported', `the worker has no '${method}'`);
  }
}

function load(location: ComponentLocation): Promise<InstancePool> {
  const known = components.get(location.glue);
  if (known !== undefined) return known;
  const loading = Component.load(location).then((component) => new InstancePool(component));
  components.set(location.glue, loading);
  return loading;
}

/** Ahead of a call that is likely to come; if it fails, the call will tell. */
function preload(message: Message): void {
  load(message.header as unknown as ComponentLocation).then(
    (instances) => instances.warm(),
    () => {},
  );
}

async function perform({ header }: Message): Promise<JsonObject> {
  const call = 'steps' in header ? new PipelineCall(peer, header) : new PerformCall(peer, header);
  calls.set(call.id, call);
  try {
    if (call.declares('expressions')) await loadExpressions();
    return await call.run(poolOf);
  } finally {
    calls.delete(call.id);
    // By now everything that a call needs is loaded; at its end a worker is killed and could not keep it.
    if (!cacheKept) setImmediate(() => module.flushCompileCache());
    cacheKept = true;
  }
}

async function poolOf(glue: string): Promise<InstancePool> {
  const instances = await components.get(glue);
  if (instances !== undefined) return instances;
  throw new OrkError('internal', 'the component is not loaded');
}

function cancel(message: Message): void {
  calls.get(message.header['call'] as number)?.cancel(message.header['grace'] as number);
}

/** Without a kernel nothing may go on: programs that calls have started end with them. */
function endWithKernel(): void {
  for (const call of calls.values()) call.abandon();
  process.exit();
}
