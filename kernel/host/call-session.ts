import { type Message, type Reply, readCount, readObject } from '../frames/peer.ts';
import { type Block, checkedBlock } from '../streams/block.ts';
import { type Channel, selectReadable } from '../streams/channel.ts';
import type { FanOut } from '../streams/fan-out.ts';
import { OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';
import { RateLimit } from './rate-limit.ts';
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
  onLog(line: LogLine): void;
  onReady(summary: JsonObject): void;
}

/** A longer line is cut. */
const MAX_LINE = 64 * 1024;
/** More than this from one workload is dropped, and told once a second. */
const MAX_LOG_BYTES_PER_SECOND = 1024 * 1024;
const FLOOD: LogLine = {
  level: 'warn',
  message: 'more than 1 MiB of log lines in a second: the rest of them is dropped',
};

const LEVELS: LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Answers the host calls that one `perform` makes. The worker that sends them is not trusted. */
export class CallSession implements CallHandler {
  readonly #wiring: CallWiring;
  readonly #signal: AbortSignal;
  readonly #logLimit = new RateLimit(MAX_LOG_BYTES_PER_SECOND, Date.now);

  constructor(wiring: CallWiring, signal: AbortSignal) {
    this.#wiring = wiring;
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
        throw new OrkError('denied', `'${method}' is not granted to this module`, {
          reason: 'capability.not-granted',
        });
    }
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

  async #read(header: JsonObject): Promise<Reply> {
    const channel = this.#channel(readCount(header, 'input'));
    await selectReadable([channel], this.#signal, readWait(header));
    const taken = channel.take(
      Math.max(1, readCount(header, 'records')),
      Math.max(1, readCount(header, 'bytes')),
    );
    return { header: { records: taken.records, ended: taken.ended }, body: taken.bytes };
  }

  async #write(message: Message): Promise<Reply> {
    const { port } = this.#wiring.outputs[readCount(message.header, 'output')] ?? noSuch('output');
    const block: Block = checkedBlock(message.body, readCount(message.header, 'records'));
    await port.write(block, this.#signal);
    return { header: { dropped: 0 } };
  }

  async #select(header: JsonObject): Promise<Reply> {
    const { inputs } = header;
    if (!Array.isArray(inputs) || inputs.length > this.#wiring.inputs.length)
      return noSuch('input');
    const channels = inputs.map((index) => this.#channel(index));
    const ready = await selectReadable(channels, this.#signal, readWait(header));
    return { header: { index: ready ?? null } };
  }

  #channel(index: unknown): Channel {
    return this.#wiring.inputs[index as number]?.channel ?? noSuch('input');
  }
}

function readWait(header: JsonObject): number | undefined {
  return header['wait'] === null ? undefined : readCount(header, 'wait');
}

function noSuch(what: string): never {
  throw new OrkError('invalid-argument', `there is no such ${what}`, {
    reason: 'protocol.violation',
  });
}
