import { type Message, type Reply, readCount, readObject } from '../frames/peer.ts';
import type { WorkloadState } from '../state/workload-state.ts';
import { checkedBlock } from '../streams/block.ts';
import type { Channel } from '../streams/channel.ts';
import { FanIn } from '../streams/fan-in.ts';
import type { FanOut } from '../streams/fan-out.ts';
import type { StreamWait } from '../streams/stream-wait.ts';
import { OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';
import { RateLimit } from './rate-limit.ts';
import { answerStateCall, isStateCall } from './state-calls.ts';
import type { TemporaryFiles } from './temporary-files.ts';
import type { CallHandler } from './worker-process.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogLine {
  level: LogLevel;
  message: string;
  /** JSON text, as the module gave it. */
  fields?: string;
}

/** What one call may use, and who hears of it. */
export interface CallWiring {
  inputs: { source: string; channel: Channel }[];
  outputs: { name: string; port: FanOut }[];
  /** Where the workload may write, for what a killed worker leaves half done. */
  temporaries: TemporaryFiles;
  /** What the call waits for at the moment, kept up to date for whoever looks for calls that wait for each other. */
  waits: Set<StreamWait>;
  /** Of a module that declares the capability. */
  state?: WorkloadState;
  onLog(line: LogLine): void;
  onReady(summary: JsonObject): void;
  /** A host call that the module may not make; the first time that it tries. */
  onDenied(call: string): void;
}

/** A longer line is cut. */
const MAX_LINE = 64 * 1024;
/** More than this from one workload is dropped, and told once a second. */
const MAX_LOG_BYTES_PER_SECOND = 1024 * 1024;
const FLOOD: LogLine = {
  level: 'warn',
  message: 'more than 1 MiB of log lines in a second: the rest of them is dropped',
};

/** One read never takes more than this, however much it asks for. */
const MAX_READ_RECORDS = 65_536;
const MAX_READ_BYTES = 4 * 1024 * 1024;
/** What the writes of one call may hold in the kernel while they wait for room in their channels. */
const MAX_BYTES_IN_FLIGHT = 16 * 1024 * 1024;

/** A worker can make up any number of calls, of any length. */
const MAX_TOLD_DENIALS = 16;
const MAX_CALL_NAME = 64;

const LEVELS: LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Answers the host calls that one `perform` makes. The worker that sends them is not trusted. */
export class CallSession implements CallHandler {
  readonly #wiring: CallWiring;
  readonly #signal: AbortSignal;
  readonly #inputs: FanIn;
  readonly #reading = new Set<number>();
  readonly #denied = new Set<string>();
  #bytesInFlight = 0;
  readonly #logLimit = new RateLimit(MAX_LOG_BYTES_PER_SECOND, Date.now);

  constructor(wiring: CallWiring, signal: AbortSignal) {
    this.#wiring = wiring;
    this.#inputs = new FanIn(wiring.inputs.map(({ channel }) => channel));
    this.#signal = signal;
  }

  async answer(method: string, message: Message): Promise<Reply> {
    switch (method) {
      case 'input.read':
        return this.#read(message.header);
      case 'output.write':
        return this.#write(message);
      case 'streams.select':
        return this.#select(message.header);
      case 'service.ready':
        this.#wiring.onReady(readObject(message.header, 'summary'));
        return {};
      default:
        return this.#answerDeclared(method, message);
    }
  }

  /** What a module gets only if its manifest declares it. */
  #answerDeclared(method: string, message: Message): Reply {
    const { state } = this.#wiring;
    if (state !== undefined && isStateCall(method)) return answerStateCall(method, message, state);
    this.#tellDenied(method.slice(0, MAX_CALL_NAME));
    throw new OrkError('denied', `'${method}' is not granted to this module`, {
      reason: 'capability.not-granted',
    });
  }

  #tellDenied(call: string): void {
    if (this.#denied.has(call) || this.#denied.size >= MAX_TOLD_DENIALS) return;
    this.#denied.add(call);
    this.#wiring.onDenied(call);
  }

  event(method: string, header: JsonObject): void {
    const { path } = header;
    if (method === 'log') this.#log(header);
    if (typeof path !== 'string') return;
    if (method === 'file.temporary') this.#wiring.temporaries.add(path);
    if (method === 'file.settled') this.#wiring.temporaries.settle(path);
  }

  #log(line: JsonObject): void {
    const { level, message, fields } = line;
    if (typeof message !== 'string' || !LEVELS.includes(level as LogLevel)) return;
    const entry: LogLine = { level: level as LogLevel, message: message.slice(0, MAX_LINE) };
    if (typeof fields === 'string' && fields.length <= MAX_LINE) entry.fields = fields;
    const verdict = this.#logLimit.admit(entry.message.length + (entry.fields?.length ?? 0));
    if (verdict === 'admit') this.#wiring.onLog(entry);
    if (verdict === 'last') this.#wiring.onLog(FLOOD);
  }

  /** One read of an input at a time: what several would take in turn nobody has asked to be bounded. */
  async #read(header: JsonObject): Promise<Reply> {
    const input = this.#input(header['input']);
    if (this.#reading.has(input))
      throw refused('a read of this input is under way', 'concurrent-read');
    this.#reading.add(input);
    try {
      await this.#selectInput([input], readWait(header));
      const records = between(1, readCount(header, 'records'), MAX_READ_RECORDS);
      const bytes = between(1, readCount(header, 'bytes'), MAX_READ_BYTES);
      const taken = this.#inputs.take(input, records, bytes);
      return { header: { records: taken.records, ended: taken.ended }, body: taken.bytes };
    } finally {
      this.#reading.delete(input);
    }
  }

  async #write({ header, body }: Message): Promise<Reply> {
    const output = readCount(header, 'output');
    const { port } = this.#wiring.outputs[output] ?? noSuch('output');
    const block = checkedBlock(body, readCount(header, 'records'));
    const held = this.#bytesInFlight + body.length;
    if (held > MAX_BYTES_IN_FLIGHT) {
      throw refused(`${held} bytes wait for room in channels`, 'too-much-in-flight');
    }
    this.#bytesInFlight = held;
    const wait: StreamWait = { kind: 'write', output };
    this.#wiring.waits.add(wait);
    try {
      return { header: { dropped: await port.write(block, this.#signal) } };
    } finally {
      this.#wiring.waits.delete(wait);
      this.#bytesInFlight -= body.length;
    }
  }

  async #select(header: JsonObject): Promise<Reply> {
    const { inputs } = header;
    if (!Array.isArray(inputs) || inputs.length < 1 || inputs.length > this.#wiring.inputs.length) {
      return noSuch('input');
    }
    const known = inputs.map((input) => this.#input(input));
    const ready = await this.#selectInput(known, readWait(header));
    return { header: { index: ready ?? null } };
  }

  async #selectInput(inputs: number[], wait: number | undefined): Promise<number | undefined> {
    const entry: StreamWait = { kind: 'read', inputs };
    // One with a bound ends by itself.
    if (wait === undefined) this.#wiring.waits.add(entry);
    try {
      return await this.#inputs.select(inputs, this.#signal, wait);
    } finally {
      this.#wiring.waits.delete(entry);
    }
  }

  #input(input: unknown): number {
    return this.#inputs.has(input) ? input : noSuch('input');
  }
}

function readWait(header: JsonObject): number | undefined {
  return header['wait'] === null ? undefined : readCount(header, 'wait');
}

function between(least: number, value: number, most: number): number {
  return Math.min(Math.max(least, value), most);
}

function refused(message: string, reason: string): OrkError {
  return new OrkError('resource-exhausted', message, { reason: `protocol.${reason}` });
}

function noSuch(what: string): never {
  throw new OrkError('invalid-argument', `there is no such ${what}`, {
    reason: 'protocol.violation',
  });
}
