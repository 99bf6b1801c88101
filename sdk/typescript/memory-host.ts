/** A host without a kernel: for running modules in tests. */

import { createHash } from 'node:crypto';
import type { ErrorCode } from '../../kernel/types/errors.ts';
import type { JsonObject } from '../../kernel/types/json.ts';
import type {
  BaseHost,
  Batch,
  Block,
  DirectoryEntry,
  FileHandle,
  FilesHost,
  InputHandle,
  Invocation,
  LogLevel,
  Metadata,
  OutputHandle,
} from './host.ts';

/** An error as the bindings throw it. */
export function hostError(code: ErrorCode, message: string): Error {
  return Object.assign(new Error(message), { payload: { code, reason: code, message } });
}

export interface LogLine {
  level: LogLevel;
  message: string;
  fields: JsonObject | undefined;
}

/** The base world; it remembers what was logged and registered. */
export class MemoryHost implements BaseHost {
  readonly lines: LogLine[] = [];
  readonly summaries: string[] = [];
  readonly slept: number[] = [];
  time = 1_000_000;

  readonly log = {
    write: (level: LogLevel, message: string, fields: string | null | undefined): void => {
      const parsed = fields == null ? undefined : (JSON.parse(fields) as JsonObject);
      this.lines.push({ level, message, fields: parsed });
    },
  };
  readonly clock = {
    now: () => this.time,
    sleep: (duration: number): void => {
      this.slept.push(duration);
      this.time += duration;
    },
  };
  readonly entropy = { bytes: (length: number) => new Uint8Array(length).fill(7) };
  readonly service = { ready: (summary: string): void => void this.summaries.push(summary) };
  readonly streams = {
    /** The first that has something, as a fair host would sooner or later. */
    select: (inputs: InputHandle[]) =>
      Math.max(
        0,
        inputs.findIndex((input) => (input as MemoryInput).isReady),
      ),
  };
}

/** An input of batches that are there already. */
export class MemoryInput implements InputHandle {
  readonly #name: string;
  readonly #batches: JsonObject[][];
  closed = false;

  constructor(name: string, batches: JsonObject[][]) {
    this.#name = name;
    this.#batches = [...batches];
  }

  get isReady(): boolean {
    return this.#batches.length > 0;
  }

  source(): string {
    return this.#name;
  }

  read(): Batch {
    const records = (this.#batches.shift() ?? []).map((record) => JSON.stringify(record));
    return { records, ended: !this.isReady };
  }

  readBlock(): Block {
    const { records, ended } = this.read();
    const text = records.map((record) => `${record}\n`).join('');
    return { bytes: new TextEncoder().encode(text), records: records.length, ended };
  }

  [Symbol.dispose](): void {
    this.closed = true;
  }
}

/** An output that keeps everything. */
export class MemoryOutput implements OutputHandle {
  readonly #name: string;
  readonly records: JsonObject[] = [];
  /** How many records each write brought. */
  readonly writes: number[] = [];
  closed = false;

  constructor(name: string) {
    this.#name = name;
  }

  name(): string {
    return this.#name;
  }

  write(records: string[]): number {
    this.writes.push(records.length);
    this.records.push(...records.map((record) => JSON.parse(record) as JsonObject));
    return 0;
  }

  writeBlock(bytes: Uint8Array): number {
    const lines = new TextDecoder().decode(bytes).split('\n');
    return this.write(lines.filter((line) => line !== ''));
  }

  [Symbol.dispose](): void {
    this.closed = true;
  }
}

/** An invocation of `module`, to be varied. */
export function invocation(module: string, params: JsonObject, dryRun = false): Invocation {
  return {
    module,
    workload: 'work',
    instance: 'work-1',
    attempt: 1,
    params: JSON.stringify(params),
    deadline: null,
    dryRun,
  };
}

interface MemoryNode {
  kind: 'file' | 'directory' | 'symlink';
  bytes: Uint8Array;
  mode: number;
}

/** Files by path, in memory; what modules under test need of them. */
export class MemoryFiles implements FilesHost {
  readonly #nodes = new Map<string, MemoryNode>();
  /** The calls that change something or read a folder, for tests that count them. */
  readonly calls: string[] = [];

  constructor(files: Record<string, string> = {}) {
    for (const [path, text] of Object.entries(files)) this.put(path, text);
  }

  /** Adds a file and the folders above it. */
  put(path: string, text: string, kind: 'file' | 'symlink' = 'file'): void {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) {
      this.#setDirectory(parts.slice(0, depth).join('/'));
    }
    this.#nodes.set(path, { kind, bytes: new TextEncoder().encode(text), mode: 0o644 });
  }

  text(path: string): string | undefined {
    const node = this.#nodes.get(path);
    return node === undefined ? undefined : new TextDecoder().decode(node.bytes);
  }

  paths(): string[] {
    return [...this.#nodes.keys()].sort();
  }

  open(path: string, options: { [flag: string]: boolean | undefined }, mode: number): FileHandle {
    const existing = this.#nodes.get(path);
    if (existing === undefined && !options['create']) throw hostError('not-found', `no ${path}`);
    if (existing !== undefined && options['exclusive']) throw hostError('already-exists', path);
    const node = existing ?? { kind: 'file' as const, bytes: new Uint8Array(0), mode };
    if (options['truncate']) node.bytes = new Uint8Array(0);
    this.#nodes.set(path, node);
    return new MemoryFile(node, options['append'] === true ? node.bytes.length : 0);
  }

  readText(path: string): string {
    return new TextDecoder().decode(this.#get(path).bytes);
  }

  writeTextAtomic(path: string, text: string, mode: number | null | undefined): void {
    this.calls.push(`write ${path}`);
    const slash = path.lastIndexOf('/');
    if (slash > 0) this.#get(path.slice(0, slash));
    const bytes = new TextEncoder().encode(text);
    this.#nodes.set(path, { kind: 'file', bytes, mode: mode ?? 0o644 });
  }

  stat(path: string): Metadata {
    const { kind, bytes, mode } = this.#get(path);
    return { kind, size: bytes.length, mode, modified: 0 };
  }

  /** In reverse order, since the contract promises none. */
  readDirectory(path: string): DirectoryEntry[] {
    this.calls.push(`list ${path}`);
    const prefix = path === '.' ? '' : `${path}/`;
    if (path !== '.') this.#get(path);
    return this.paths()
      .filter((child) => child.startsWith(prefix) && !child.slice(prefix.length).includes('/'))
      .map((child) => ({ name: child.slice(prefix.length), metadata: this.stat(child) }))
      .reverse();
  }

  makeDirectory(path: string): void {
    this.calls.push(`mkdir ${path}`);
    this.#setDirectory(path);
  }

  copy(from: string, to: string, recursive: boolean): number {
    this.calls.push(`copy ${from} ${to}`);
    const node = this.#get(from);
    if (node.kind === 'directory' && !recursive) throw hostError('failed-precondition', from);
    this.#nodes.set(to, { ...node });
    for (const child of this.#below(from)) {
      this.#nodes.set(to + child.slice(from.length), { ...this.#get(child) });
    }
    return node.bytes.length;
  }

  rename(from: string, to: string): void {
    this.calls.push(`rename ${from} ${to}`);
    for (const path of [from, ...this.#below(from)]) {
      this.#nodes.set(to + path.slice(from.length), this.#get(path));
      this.#nodes.delete(path);
    }
  }

  remove(path: string, recursive = false): void {
    this.calls.push(`remove ${path}`);
    this.#get(path);
    const below = this.#below(path);
    if (below.length > 0 && !recursive) throw hostError('failed-precondition', `${path} not empty`);
    for (const gone of [path, ...below]) this.#nodes.delete(gone);
  }

  setMode(path: string, mode: number): void {
    this.calls.push(`chmod ${path}`);
    this.#get(path).mode = mode;
  }

  sha256(path: string): string {
    return createHash('sha256').update(this.#get(path).bytes).digest('hex');
  }

  #below(path: string): string[] {
    return this.paths().filter((other) => other.startsWith(`${path}/`));
  }

  #get(path: string): MemoryNode {
    const node = this.#nodes.get(path);
    if (node === undefined) throw hostError('not-found', `no ${path}`);
    return node;
  }

  #setDirectory(path: string): void {
    const node = { kind: 'directory' as const, bytes: new Uint8Array(0), mode: 0o755 };
    if (!this.#nodes.has(path)) this.#nodes.set(path, node);
  }
}

class MemoryFile implements FileHandle {
  readonly #node: MemoryNode;
  #offset: number;

  constructor(node: MemoryNode, offset: number) {
    this.#node = node;
    this.#offset = offset;
  }

  read(max: number): Uint8Array {
    const part = this.#node.bytes.subarray(this.#offset, this.#offset + max);
    this.#offset += part.length;
    return part;
  }

  write(bytes: Uint8Array): number {
    const end = this.#offset + bytes.length;
    const grown = new Uint8Array(Math.max(end, this.#node.bytes.length));
    grown.set(this.#node.bytes);
    grown.set(bytes, this.#offset);
    this.#node.bytes = grown;
    this.#offset = end;
    return bytes.length;
  }

  seek(offset: number): void {
    this.#offset = offset;
  }

  sync(): void {}
}
