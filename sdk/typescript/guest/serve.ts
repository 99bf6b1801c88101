import type { JsonObject } from '../../../kernel/types/json.ts';
import type { Capability } from '../../../kernel/types/manifest.ts';
import type { BaseContext, CapabilityParts, Log } from '../context.ts';
import { type Family, type Module, qualifiedName } from '../define.ts';
import { fromHost, hostCall, OrkError, PauseRequest } from '../errors.ts';
import type {
  BaseHost,
  Failure,
  InputHandle,
  Invocation,
  LogHost,
  LogLevel,
  OutputHandle,
} from '../host.ts';
import { guest } from './globals.ts';
import { Streams } from './streams.ts';
import { wellFormed } from './well-formed.ts';

/** Makes the context's part of each capability that the family declares. */
export type PartFactories = { readonly [K in keyof CapabilityParts]?: () => CapabilityParts[K] };

export type Perform = (call: Invocation, inputs: InputHandle[], outputs: OutputHandle[]) => string;

/** The component's `perform`: finds the module, builds its context, turns errors into failures. */
export function serve(family: Family, host: BaseHost, parts: PartFactories = {}): Perform {
  const modules = new Map(
    family.modules.map((module) => [qualifiedName(family.family, module.name), module]),
  );
  return (call, inputs, outputs) => {
    guest.running = true;
    let streams: Streams | undefined;
    try {
      const module = findModule(modules, call.module);
      streams = new Streams(inputs, outputs, host.streams);
      const context = createContext(call, host, streams, module.capabilities, parts);
      const summary = summarize(module.perform(context));
      streams.flush();
      return summary;
    } catch (thrown) {
      throw toFailure(thrown, host.log, streams);
    } finally {
      streams?.close();
    }
  };
}

function findModule(modules: ReadonlyMap<string, Module>, name: string): Module {
  const found = modules.get(name);
  if (found !== undefined) return found;
  throw new OrkError('not-found', `This component has no module '${name}'.`, {
    reason: 'module.unknown',
    hint: `It has: ${[...modules.keys()].join(', ')}.`,
  });
}

function createContext(
  call: Invocation,
  host: BaseHost,
  streams: Streams,
  capabilities: readonly Capability[],
  parts: PartFactories,
): BaseContext<unknown> {
  const context: BaseContext<unknown> = {
    params: JSON.parse(call.params) as unknown,
    log: createLog(host.log),
    dryRun: call.dryRun,
    workload: call.workload,
    instance: call.instance,
    attempt: call.attempt,
    deadline: call.deadline == null ? undefined : Number(call.deadline),
    inputNames: streams.inputNames,
    now: () => Number(host.clock.now()),
    sleep: (milliseconds) => hostCall(() => host.clock.sleep(milliseconds)),
    input: (name) => streams.input(name),
    get output() {
      return streams.output('main');
    },
    port: (name) => streams.output(name),
    serviceReady: (summary) => hostCall(() => host.service.ready(JSON.stringify(summary))),
  };
  for (const capability of capabilities) {
    const create = parts[capability as keyof CapabilityParts];
    if (create !== undefined) Object.assign(context, { [capability]: create() });
  }
  return context;
}

function createLog(log: LogHost): Log {
  const at = (level: LogLevel) => (message: string, fields?: JsonObject) =>
    log.write(
      level,
      wellFormed(message),
      fields === undefined ? undefined : JSON.stringify(fields),
    );
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function summarize(result: unknown): string {
  if (typeof (result as { then?: unknown } | undefined)?.then === 'function') {
    throw new OrkError('internal', 'A module must return its result, not a promise.', {
      reason: 'module.async',
      hint: 'Write perform without async: host calls block by themselves.',
    });
  }
  return JSON.stringify(result ?? {});
}

/** Whatever `perform` threw, as the contract wants it; an unexpected error is the module's bug. */
function toFailure(thrown: unknown, log: LogHost, streams: Streams | undefined): Failure {
  if (thrown instanceof PauseRequest) {
    const { reason, token, expires } = thrown;
    return { tag: 'paused', val: { reason: wellFormed(reason), token, expires } };
  }
  flushQuietly(streams);
  const error = fromHost(thrown);
  if (error instanceof OrkError) return failed(error);
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error)
    log.write('debug', wellFormed(`${String(error)}\n${error.stack ?? ''}`), undefined);
  return failed(new OrkError('internal', message));
}

/** Records that were pushed before the failure still go out; the failure itself matters more. */
function flushQuietly(streams: Streams | undefined): void {
  try {
    streams?.flush();
  } catch {
    // The stream is gone, often for the same reason.
  }
}

function failed({ code, reason, message, hint, retryAfter, summary }: OrkError): Failure {
  return {
    tag: 'failed',
    val: {
      error: {
        code,
        reason: wellFormed(reason),
        message: wellFormed(message),
        hint: hint === undefined ? undefined : wellFormed(hint),
        retryAfter,
      },
      summary: summary === undefined ? undefined : JSON.stringify(summary),
    },
  };
}
