/**
 * The module contract as a JavaScript guest sees it: `wit/ork-module.wit` with names in camelCase,
 * options as values or nothing, `result` errors thrown. Only generated entries import these.
 */
import type { ErrorCode } from '../../kernel/types/errors.ts';

/** `option<T>`: the bindings pass `null` in, and take either. */
export type Option<T> = T | null | undefined;

/** `types.error`. */
export interface WireError {
  code: ErrorCode;
  reason: string;
  message: string;
  hint?: Option<string>;
  retryAfter?: Option<number>;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogHost {
  write(level: LogLevel, message: string, fields: Option<string>): void;
}

export interface ClockHost {
  now(): number | bigint;
  sleep(duration: number): void;
}

export interface EntropyHost {
  bytes(length: number): Uint8Array;
}

export interface ServiceHost {
  ready(summary: string): void;
}

export interface Batch {
  records: string[];
  ended: boolean;
}

/** Newline-delimited JSON, whole records only. */
export interface Block {
  bytes: Uint8Array;
  records: number;
  ended: boolean;
}

/** Handles are given back early where the bindings allow it, else by the collector. */
export interface Handle {
  [Symbol.dispose]?(): void;
}

export interface InputHandle extends Handle {
  source(): string;
  read(maxRecords: number, maxBytes: number, wait: Option<number>): Batch;
  readBlock(maxRecords: number, maxBytes: number, wait: Option<number>): Block;
}

export interface OutputHandle extends Handle {
  name(): string;
  write(records: string[]): number;
  writeBlock(bytes: Uint8Array): number;
}

export interface StreamsHost {
  select(inputs: InputHandle[], wait: Option<number>): Option<number>;
}

export interface StateHost {
  get(path: string[]): Option<string>;
  set(path: string[], value: string): void;
}

export type PumpMode = 'transform' | 'filter';
export type PumpErrors = 'stop' | 'skip' | 'reject';

export interface PumpStats {
  read: number;
  written: number;
  dropped: number;
  failed: number;
}

export interface ProgramHandle extends Handle {
  evaluate(records: string[]): string[];
  pump(
    from: InputHandle,
    to: OutputHandle,
    mode: PumpMode,
    errors: PumpErrors,
    rejected: Option<OutputHandle>,
  ): PumpStats;
}

export interface ExpressionsHost {
  Program: { compile(source: string, variable: string, bind: string): ProgramHandle };
}

export type FileKind = 'file' | 'directory' | 'symlink' | 'other';

export interface Metadata {
  kind: FileKind;
  size: number;
  mode: number;
  modified: number;
}

export interface DirectoryEntry {
  name: string;
  metadata: Metadata;
}

export interface OpenFlags {
  create?: boolean;
  truncate?: boolean;
  append?: boolean;
  exclusive?: boolean;
}

export interface FileHandle extends Handle {
  read(max: number): Uint8Array;
  write(bytes: Uint8Array): number;
  seek(offset: number): void;
  sync(): void;
}

export interface FilesHost {
  open(path: string, options: Required<OpenFlags>, mode: number): FileHandle;
  readText(path: string): string;
  writeTextAtomic(path: string, text: string, mode: Option<number>): void;
  stat(path: string, follow: boolean): Metadata;
  readDirectory(path: string): DirectoryEntry[];
  makeDirectory(path: string, parents: boolean, mode: number): void;
  copy(from: string, to: string, recursive: boolean): number;
  rename(from: string, to: string): void;
  remove(path: string, recursive: boolean): void;
  setMode(path: string, mode: number): void;
  sha256(path: string): string;
}

export interface WireCommand {
  program: string;
  arguments: string[];
  environment: [string, string][];
  directory: Option<string>;
  stdin: Option<Uint8Array>;
  privateFiles: [string, Uint8Array][];
}

export type Channel = 'stdout' | 'stderr';

export interface OutputChunks {
  chunks: { channel: Channel; bytes: Uint8Array }[];
  ended: boolean;
}

export type ProcessStatus = { tag: 'exited'; val: number } | { tag: 'signaled'; val: string };

export interface ChildHandle extends Handle {
  pid(): number;
  read(wait: Option<number>): OutputChunks;
  writeStdin(bytes: Uint8Array): number;
  closeStdin(): void;
  wait(): ProcessStatus;
  kill(signal: string): void;
}

export interface ProcessHost {
  spawn(command: WireCommand): ChildHandle;
}

/** `runtime.invocation`. */
export interface Invocation {
  module: string;
  workload: string;
  instance: string;
  attempt: number;
  params: string;
  deadline: Option<number | bigint>;
  dryRun: boolean;
}

/** `runtime.failure`, as it is thrown out of `perform`. */
export type Failure =
  | { tag: 'failed'; val: { error: WireError; summary: Option<string> } }
  | {
      tag: 'paused';
      val: { reason: string; token: Option<string>; expires: Option<number> };
    };

/** What every world imports. */
export interface BaseHost {
  log: LogHost;
  clock: ClockHost;
  entropy: EntropyHost;
  streams: StreamsHost;
  service: ServiceHost;
}
