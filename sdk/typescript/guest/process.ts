import { hostCall } from '../errors.ts';
import type {
  Channel,
  ChildHandle,
  OutputChunks,
  ProcessHost,
  ProcessStatus,
  WireCommand,
} from '../host.ts';
import { TailBuffer } from './tail-buffer.ts';
import { wellFormed } from './well-formed.ts';

const DEFAULT_MAX_OUTPUT = 1024 * 1024;

/** A program to start, without a shell. */
export interface Command {
  program: string;
  arguments?: readonly string[];
  /** Added to what the workload may see of the environment. */
  environment?: Readonly<Record<string, string>>;
  directory?: string | undefined;
  stdin?: string | Uint8Array | undefined;
  /**
   * Files for this program alone, by name, in a folder in memory that goes with the call; the program finds it
   * by its variable `SECRETS_DIR`.
   */
  privateFiles?: Readonly<Record<string, string>> | undefined;
}

export interface RunOptions {
  /** Bytes kept per channel, the last ones. */
  maxOutput?: number;
  /** Sees every chunk as it comes. */
  onOutput?: (channel: Channel, bytes: Uint8Array) => void;
}

export interface RunResult {
  /** Nothing when a signal ended the program. */
  exitCode: number | undefined;
  signal: string | undefined;
  stdout: string;
  stderr: string;
  /** True when the start of a channel was let go. */
  truncated: boolean;
}

/** A running program; it is given up (and ended by the host) when `perform` returns. */
export interface Child {
  readonly pid: number;
  /** Empty and not ended: `wait` ran out. */
  read(wait?: number): OutputChunks;
  writeStdin(bytes: Uint8Array): number;
  closeStdin(): void;
  wait(): ProcessStatus;
  kill(signal: string): void;
  close(): void;
}

/** Programs, started inside the workload's sandbox. */
export interface Processes {
  /** Starts a program and waits for its end. Without `stdin` its input is empty. */
  run(command: Command, options?: RunOptions): RunResult;
  spawn(command: Command): Child;
}

export function createProcesses(host: ProcessHost): Processes {
  const start = (command: Command) => hostCall(() => host.spawn(toWire(command)));
  return {
    run: (command, options = {}) => {
      const child = start({ ...command, stdin: command.stdin ?? '' });
      try {
        return hostCall(() => follow(child, options));
      } finally {
        child[Symbol.dispose]?.();
      }
    },
    spawn: (command) => wrap(start(command)),
  };
}

function follow(child: ChildHandle, { maxOutput, onOutput }: RunOptions): RunResult {
  const limit = maxOutput ?? DEFAULT_MAX_OUTPUT;
  const kept = { stdout: new TailBuffer(limit), stderr: new TailBuffer(limit) };
  for (;;) {
    const { chunks, ended } = child.read(undefined);
    for (const { channel, bytes } of chunks) {
      kept[channel].append(bytes);
      onOutput?.(channel, bytes);
    }
    if (ended) break;
  }
  const status = child.wait();
  return {
    exitCode: status.tag === 'exited' ? status.val : undefined,
    signal: status.tag === 'signaled' ? status.val : undefined,
    stdout: kept.stdout.text(),
    stderr: kept.stderr.text(),
    truncated: kept.stdout.truncated || kept.stderr.truncated,
  };
}

function toWire(command: Command): WireCommand {
  const { stdin, privateFiles = {} } = command;
  const encoder = new TextEncoder();
  return {
    program: wellFormed(command.program),
    arguments: (command.arguments ?? []).map(wellFormed),
    environment: Object.entries(command.environment ?? {}).map(([name, value]) => [
      wellFormed(name),
      wellFormed(value),
    ]),
    directory: command.directory && wellFormed(command.directory),
    stdin: typeof stdin === 'string' ? encoder.encode(stdin) : stdin,
    privateFiles: Object.entries(privateFiles).map(([name, text]) => [
      wellFormed(name),
      encoder.encode(text),
    ]),
  };
}

function wrap(child: ChildHandle): Child {
  return {
    pid: child.pid(),
    read: (wait) => hostCall(() => child.read(wait)),
    writeStdin: (bytes) => hostCall(() => child.writeStdin(bytes)),
    closeStdin: () => hostCall(() => child.closeStdin()),
    wait: () => hostCall(() => child.wait()),
    kill: (signal) => hostCall(() => child.kill(signal)),
    close: () => child[Symbol.dispose]?.(),
  };
}
