/** Files of this user and group on the host belong to the worker inside. */
export interface IdMap {
  owner: number;
  group: number;
}

/**
 * One thing in the view of a worker; `target` is absolute and normal. Binds are opened without following links: their
 * sources must be real paths.
 */
export type ViewEntry =
  | { kind: 'directory'; target: string; mode: number }
  | { kind: 'tmpfs'; target: string; bytes: number; mode: number; noExec: boolean }
  | {
      kind: 'bind';
      target: string;
      source: string;
      readOnly: boolean;
      noExec: boolean;
      idMap?: IdMap;
      /** The source must belong to this user and group when it is opened. */
      owner?: IdMap;
    }
  | { kind: 'symlink'; target: string; to: string }
  | { kind: 'file'; target: string; content: string }
  | { kind: 'proc'; target: string }
  | { kind: 'mask'; target: string }
  | { kind: 'device'; target: string };

/** Folders before what lies in them; of two with the same target the later one covers the earlier. */
export function inOrder(entries: readonly ViewEntry[]): ViewEntry[] {
  const depth = ({ target }: ViewEntry): number => target.split('/').length;
  return [...entries].sort((a, b) => depth(a) - depth(b));
}

/** A bind of a file or folder under the path that it has on the host, to be read only. */
export function readOnlyBind(path: string, noExec: boolean): ViewEntry {
  return { kind: 'bind', target: path, source: path, readOnly: true, noExec };
}

/** The entry as words of a launch plan (`native/plan.h`). */
export function entryWords(entry: ViewEntry): string[] {
  switch (entry.kind) {
    case 'directory':
      return ['directory', entry.target, String(entry.mode)];
    case 'tmpfs':
      return [
        'tmpfs',
        entry.target,
        String(entry.bytes),
        String(entry.mode),
        flags({ noexec: entry.noExec }),
      ];
    case 'bind':
      return bindWords(entry);
    case 'symlink':
      return ['symlink', entry.target, entry.to];
    case 'file':
      return ['file', entry.target, entry.content];
    case 'proc':
    case 'mask':
    case 'device':
      return [entry.kind, entry.target];
  }
}

function bindWords(entry: Extract<ViewEntry, { kind: 'bind' }>): string[] {
  const { target, source, readOnly, noExec, idMap, owner } = entry;
  const ids = owner ?? idMap ?? { owner: 0, group: 0 };
  return [
    'bind',
    target,
    source,
    flags({
      ro: readOnly,
      noexec: noExec,
      idmap: idMap !== undefined,
      owned: owner !== undefined,
    }),
    String(ids.owner),
    String(ids.group),
  ];
}

function flags(set: Record<string, boolean>): string {
  const names = Object.keys(set).filter((name) => set[name]);
  return names.length === 0 ? '-' : names.join(',');
}
