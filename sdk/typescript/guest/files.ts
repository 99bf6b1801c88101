import { concatenate } from '../bytes.ts';
import { hostCall } from '../errors.ts';
import type { DirectoryEntry, FileHandle, FilesHost, Metadata, OpenFlags } from '../host.ts';
import { wellFormed } from './well-formed.ts';

const READ_CHUNK = 256 * 1024;
const DEFAULT_FILE_MODE = 0o644;
const DEFAULT_DIRECTORY_MODE = 0o755;

/** An open file; close it, or it stays open until `perform` returns. */
export interface OpenFile {
  /** Empty at the end. */
  read(max: number): Uint8Array;
  write(bytes: Uint8Array): number;
  seek(offset: number): void;
  sync(): void;
  close(): void;
}

/** Files as the sandbox shows them. */
export interface Files {
  /** `mode` is for a file that is created. */
  open(path: string, options?: OpenFlags, mode?: number): OpenFile;
  readText(path: string): string;
  /** Up to `max` bytes from the start. */
  readBytes(path: string, max: number): Uint8Array;
  /** Readers see the old content or the new, never half. */
  writeTextAtomic(path: string, text: string, mode?: number): void;
  stat(path: string, options?: { follow?: boolean }): Metadata;
  readDirectory(path: string): DirectoryEntry[];
  makeDirectory(path: string, options?: { parents?: boolean; mode?: number }): void;
  copy(from: string, to: string, options?: { recursive?: boolean }): number;
  rename(from: string, to: string): void;
  remove(path: string, options?: { recursive?: boolean }): void;
  setMode(path: string, mode: number): void;
  sha256(path: string): string;
}

export function createFiles(host: FilesHost): Files {
  function open(path: string, options: OpenFlags = {}, mode = DEFAULT_FILE_MODE): OpenFile {
    const flags = { create: false, truncate: false, append: false, exclusive: false, ...options };
    return wrap(hostCall(() => host.open(wellFormed(path), flags, mode)));
  }
  return {
    open,
    readBytes: (path, max) => {
      const file = open(path);
      try {
        return readUpTo(file, max);
      } finally {
        file.close();
      }
    },
    readText: (path) => hostCall(() => host.readText(wellFormed(path))),
    writeTextAtomic: (path, text, mode) =>
      hostCall(() => host.writeTextAtomic(wellFormed(path), wellFormed(text), mode)),
    stat: (path, { follow = true } = {}) => hostCall(() => host.stat(wellFormed(path), follow)),
    readDirectory: (path) => hostCall(() => host.readDirectory(wellFormed(path))),
    makeDirectory: (path, { parents = false, mode = DEFAULT_DIRECTORY_MODE } = {}) =>
      hostCall(() => host.makeDirectory(wellFormed(path), parents, mode)),
    copy: (from, to, { recursive = false } = {}) =>
      hostCall(() => host.copy(wellFormed(from), wellFormed(to), recursive)),
    rename: (from, to) => hostCall(() => host.rename(wellFormed(from), wellFormed(to))),
    remove: (path, { recursive = false } = {}) =>
      hostCall(() => host.remove(wellFormed(path), recursive)),
    setMode: (path, mode) => hostCall(() => host.setMode(wellFormed(path), mode)),
    sha256: (path) => hostCall(() => host.sha256(wellFormed(path))),
  };
}

function wrap(file: FileHandle): OpenFile {
  return {
    read: (max) => hostCall(() => file.read(max)),
    write: (bytes) => hostCall(() => file.write(bytes)),
    seek: (offset) => hostCall(() => file.seek(offset)),
    sync: () => hostCall(() => file.sync()),
    close: () => file[Symbol.dispose]?.(),
  };
}

function readUpTo(file: OpenFile, max: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let total = 0;
  while (total < max) {
    const chunk = file.read(Math.min(READ_CHUNK, max - total));
    if (chunk.length === 0) break;
    chunks.push(chunk);
    total += chunk.length;
  }
  return concatenate(chunks);
}
