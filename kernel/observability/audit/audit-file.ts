import { type FileHandle, link, mkdir, open, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { AuditSink } from './audit-log.ts';

export interface AuditFileOptions {
  /** From here on the file is set aside, as NAME.000001 and so on, and a new one begun. */
  maxBytes?: number;
}

const MAX_BYTES = 64 * 1024 * 1024;
const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

/** A file that only grows, readable by its owner alone. */
export class AuditFile implements AuditSink {
  readonly #path: string;
  readonly #maxBytes: number;
  #handle: FileHandle;
  #bytes = 0;
  #setAside = 0;
  /** Whether the folder would still have the file after a loss of power. */
  #nameIsSafe = false;

  /** Makes the file, and the folders on its way. Rejects with the system's error; EEXIST when it is there already. */
  static async create(
    file: string,
    { maxBytes = MAX_BYTES }: AuditFileOptions = {},
  ): Promise<AuditFile> {
    await mkdir(path.dirname(file), { recursive: true, mode: OWNER_ONLY_FOLDER });
    return new AuditFile(file, maxBytes, await open(file, 'ax', OWNER_ONLY_FILE));
  }

  private constructor(file: string, maxBytes: number, handle: FileHandle) {
    this.#path = file;
    this.#maxBytes = maxBytes;
    this.#handle = handle;
  }

  async append(lines: string): Promise<void> {
    const bytes = Buffer.byteLength(lines);
    if (this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes) await this.#rotate();
    await this.#handle.appendFile(lines);
    this.#bytes += bytes;
  }

  async sync(): Promise<void> {
    await this.#handle.datasync();
    if (this.#nameIsSafe) return;
    await syncFolder(path.dirname(this.#path));
    this.#nameIsSafe = true;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #rotate(): Promise<void> {
    await this.#handle.datasync();
    await this.#handle.close();
    await this.#moveAside();
    this.#handle = await open(this.#path, 'ax', OWNER_ONLY_FILE);
    this.#nameIsSafe = false;
    this.#bytes = 0;
  }

  /** Under the next name that is free: what lies there is never replaced. */
  async #moveAside(): Promise<void> {
    for (;;) {
      this.#setAside++;
      try {
        await link(this.#path, `${this.#path}.${String(this.#setAside).padStart(6, '0')}`);
        await unlink(this.#path);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
