import {
  type DirectoryEntry,
  type FileKind,
  type Files,
  type Metadata,
  OrkError,
} from '../../sdk/typescript/index.ts';
import type { Glob } from './glob.ts';
import { joinPath } from './path.ts';

export interface WalkOptions {
  path: string;
  glob: Glob | undefined;
  recursive: boolean;
  kind: FileKind | undefined;
}

export interface Found {
  path: string;
  name: string;
  metadata: Metadata;
}

/** A folder that could not be read. */
export interface Unreadable {
  path: string;
  error: OrkError;
}

/** Folder by folder, each ordered by name, folders before what they hold; links are not followed. */
export function* walk(files: Files, options: WalkOptions): Generator<Found | Unreadable> {
  yield* walkDirectory(files, options, options.path, '');
}

function* walkDirectory(
  files: Files,
  options: WalkOptions,
  path: string,
  relative: string,
): Generator<Found | Unreadable> {
  const entries = readSorted(files, path, relative === '');
  if (entries instanceof OrkError) {
    // Removed since its parent was read: as if it had never been there.
    if (entries.code !== 'not-found') yield { path, error: entries };
    return;
  }
  for (const { name, metadata } of entries) {
    const below = joinPath(relative, name);
    const isWanted = options.kind === undefined || options.kind === metadata.kind;
    if (isWanted && (options.glob?.matches(below) ?? true)) {
      yield { path: joinPath(path, name), name, metadata };
    }
    if (metadata.kind === 'directory' && descends(options, below)) {
      yield* walkDirectory(files, options, joinPath(path, name), below);
    }
  }
}

function descends({ glob, recursive }: WalkOptions, relative: string): boolean {
  return glob === undefined ? recursive : glob.mayMatchBelow(relative);
}

/** The starting folder must be readable; others may turn out not to be. */
function readSorted(files: Files, path: string, isStart: boolean): DirectoryEntry[] | OrkError {
  try {
    return files.readDirectory(path).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isStart || !(error instanceof OrkError) || error.code === 'canceled') throw error;
    return error;
  }
}
