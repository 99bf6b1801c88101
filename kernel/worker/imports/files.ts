import * as fs from 'node:fs/promises';
import type { CallContext, CurrentCall } from '../call-context.ts';
import {
  copyTree,
  hashFile,
  type Metadata,
  type OpenFlags,
  openMode,
  readBoundedText,
  readDirectory,
  refuseSpecialFile,
  removeEntry,
  toMetadata,
  writeAtomic,
} from './file-operations.ts';
import { guarded, refuseInDryRun } from './guarded.ts';
import { type Access, PathResolver } from './paths.ts';
import { announceTemporary, settleTemporary } from './temporary-files.ts';

const MAX_READ_BYTES = 8 * 1024 * 1024;

/** `files.file`: an open file; it closes with the call that opened it. */
class File {
  readonly #handle: fs.FileHandle;
  readonly #subject: string;
  #position: number | null = null;

  constructor(handle: fs.FileHandle, subject: string) {
    this.#handle = handle;
    this.#subject = subject;
  }

  read(max: number): Promise<Uint8Array> {
    return guarded(this.#subject, async () => {
      const buffer = Buffer.allocUnsafe(Math.min(max, MAX_READ_BYTES));
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, this.#position);
      this.#advance(bytesRead);
      return buffer.subarray(0, bytesRead);
    });
  }

  write(bytes: Uint8Array): Promise<number> {
    return guarded(this.#subject, async () => {
      let written = 0;
      while (written < bytes.length) {
        const rest = bytes.length - written;
        const part = await this.#handle.write(bytes, written, rest, this.#position);
        written += part.bytesWritten;
        this.#advance(part.bytesWritten);
      }
      return written;
    });
  }

  seek(offset: bigint): Promise<void> {
    return guarded(this.#subject, async () => {
      this.#position = Number(offset);
    });
  }

  sync(): Promise<void> {
    return guarded(this.#subject, () => this.#handle.sync());
  }

  #advance(bytes: number): void {
    if (this.#position !== null) this.#position += bytes;
  }
}

/** `ork:module/files`: real files, below the path grants of the workload. */
export function filesImports(current: CurrentCall): object {
  const resolvers = new WeakMap<CallContext, PathResolver>();
  /** The grants belong to the call, not to the instance. */
  const resolver = (): PathResolver => {
    const call = current();
    const known = resolvers.get(call);
    if (known !== undefined) return known;
    const made = new PathResolver(call.paths);
    resolvers.set(call, made);
    return made;
  };

  /** Resolves for writing, refused in a dry run; `follow: false` when a link itself is the subject. */
  const writable = (guestPath: string, action: string, follow = true): Promise<string> => {
    refuseInDryRun(current().dryRun, `${action} ${guestPath}`);
    return resolver().resolve(guestPath, 'write', follow);
  };
  const removable = (guestPath: string, action: string): Promise<string> => {
    refuseInDryRun(current().dryRun, `${action} ${guestPath}`);
    return resolver().resolveRemovable(guestPath);
  };
  const readable = (guestPath: string, follow = true): Promise<string> =>
    resolver().resolve(guestPath, 'read', follow);

  return {
    File,
    open: (guestPath: string, flags: OpenFlags, mode: number): Promise<File> =>
      guarded(`opening ${guestPath}`, async () => {
        const call = current();
        const writes = flags.create || flags.truncate || flags.append || flags.exclusive;
        const access: Access = writes ? 'write' : 'read';
        if (writes) refuseInDryRun(current().dryRun, `writing ${guestPath}`);
        const real = await resolver().resolve(guestPath, access);
        await refuseSpecialFile(real);
        if (flags.create) announceTemporary(call, real);
        const handle = await fs.open(real, openMode(flags), mode);
        call.onEnd(() => void handle.close().catch(() => {}));
        return new File(handle, guestPath);
      }),

    readText: (guestPath: string): Promise<string> =>
      guarded(`reading ${guestPath}`, async () => {
        const real = await readable(guestPath);
        await refuseSpecialFile(real);
        return readBoundedText(real);
      }),

    writeTextAtomic: (guestPath: string, text: string, mode: number | undefined): Promise<void> =>
      guarded(`writing ${guestPath}`, async () =>
        writeAtomic(await writable(guestPath, 'writing'), text, mode, current()),
      ),

    stat: (guestPath: string, follow: boolean): Promise<Metadata> =>
      guarded(`looking at ${guestPath}`, async () => {
        const real = await readable(guestPath, follow);
        return toMetadata(await fs.lstat(real));
      }),

    readDirectory: (guestPath: string): Promise<{ name: string; metadata: Metadata }[]> =>
      guarded(`listing ${guestPath}`, async () => readDirectory(await readable(guestPath))),

    makeDirectory: (guestPath: string, parents: boolean, mode: number): Promise<void> =>
      guarded(`making ${guestPath}`, async () => {
        const real = await writable(guestPath, 'making');
        await fs.mkdir(real, { recursive: parents, mode });
      }),

    copy: (from: string, to: string, recursive: boolean): Promise<bigint> =>
      guarded(`copying ${from}`, async () => {
        const target = await writable(to, 'writing');
        announceTemporary(current(), target);
        return copyTree(await readable(from), target, recursive);
      }),

    rename: (from: string, to: string): Promise<void> =>
      guarded(`renaming ${from}`, async () => {
        const target = await writable(to, 'writing', false);
        const source = await removable(from, 'moving');
        await fs.rename(source, target);
        settleTemporary(current(), source);
      }),

    remove: (guestPath: string, recursive: boolean): Promise<void> =>
      guarded(`removing ${guestPath}`, async () =>
        removeEntry(await removable(guestPath, 'removing'), recursive),
      ),

    setMode: (guestPath: string, mode: number): Promise<void> =>
      guarded(`changing ${guestPath}`, async () =>
        fs.chmod(await writable(guestPath, 'changing'), mode),
      ),

    sha256: (guestPath: string): Promise<string> =>
      guarded(`reading ${guestPath}`, async () =>
        hashFile(await readable(guestPath), current().signal),
      ),
  };
}
