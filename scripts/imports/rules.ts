/** What every room may use; among themselves they follow `ROOMS` below. */
const COMMON = [
  'kernel/types',
  'kernel/expressions',
  'kernel/playbook',
  'kernel/streams',
  'kernel/state',
  'kernel/observability',
  'kernel/secrets',
];
const BELOW_HOST = ['kernel/components', 'kernel/sandbox', 'kernel/supply-chain'];
const BELOW_DAEMON = ['kernel/engine', 'kernel/host', 'kernel/frames', ...BELOW_HOST, ...COMMON];
/** What runs in a sandbox of its own shares only this with the kernel. */
const SANDBOXED = ['kernel/types', 'kernel/frames'];

/**
 * Each room and the rooms that it may import from, itself aside. The longest matching path decides which
 * room a file is in; a file in no room is reported, so that a new room gets its place here.
 */
const ROOMS: Record<string, readonly string[]> = {
  'kernel/types': [],
  'kernel/expressions': ['kernel/types'],
  'kernel/streams': ['kernel/types'],
  'kernel/state': ['kernel/types'],
  'kernel/observability': ['kernel/types'],
  'kernel/secrets': ['kernel/types'],
  'kernel/playbook': ['kernel/types', 'kernel/expressions'],
  'kernel/supply-chain': COMMON,
  'kernel/sandbox': COMMON,
  'kernel/components': ['kernel/supply-chain', ...COMMON],
  // The authoring kit: it turns what the SDK defines into components.
  'kernel/components/build': ['sdk', 'kernel/components', 'kernel/supply-chain', ...COMMON],
  'kernel/frames': ['kernel/types'],
  'kernel/host': ['kernel/frames', ...BELOW_HOST, ...COMMON],
  'kernel/engine': ['kernel/host', 'kernel/frames', ...BELOW_HOST, ...COMMON],
  'kernel/daemon': BELOW_DAEMON,
  'kernel/control': ['kernel/daemon', ...BELOW_DAEMON],
  'kernel/cli': ['kernel/control', 'kernel/daemon', 'kernel/components/build', ...BELOW_DAEMON],
  'kernel/bin': ['kernel/cli'],
  'kernel/worker': ['kernel/expressions', 'kernel/streams', ...SANDBOXED],
  'kernel/broker': SANDBOXED,
  sdk: ['kernel/types'],
  modules: ['sdk'],
};

const NEVER_CHECKED = ['test', 'scripts'];

export interface Import {
  /** Paths from the project's root. */
  from: string;
  to: string;
  line: number;
}

/** Why `from` may not import `to`, or nothing if it may. */
export function judge({ from, to }: Import): string | undefined {
  if (isTest(from)) return undefined;
  if (isTest(to)) return 'a test is not there to be imported';
  const [importer, imported] = [roomOf(from), roomOf(to)];
  if (importer === undefined)
    return 'the importing file is in no known room (scripts/imports/rules.ts)';
  if (imported === undefined) return `${importer} may not import what is in no room`;
  if (importer === 'modules' && imported === 'modules' && family(from) !== family(to)) {
    return 'a module family may not import another: what they share belongs in the sdk';
  }
  if (importer === imported || ROOMS[importer]?.includes(imported)) return undefined;
  return `${importer} may not import ${imported}`;
}

/** Modules run where there is no Node. */
export function judgeLibrary(from: string, specifier: string): string | undefined {
  if (isTest(from)) return undefined;
  if (specifier.startsWith('#')) return 'imports within the project are written as relative paths';
  if (roomOf(from) === 'modules' && specifier.startsWith('node:'))
    return 'there is no Node in a guest';
  return undefined;
}

function roomOf(file: string): string | undefined {
  return Object.keys(ROOMS)
    .filter((room) => file === room || file.startsWith(`${room}/`))
    .reduce<string | undefined>(
      (best, room) => (room.length > (best?.length ?? 0) ? room : best),
      undefined,
    );
}

function isTest(file: string): boolean {
  return /\.test\.[jt]s$/.test(file) || NEVER_CHECKED.includes(file.split('/')[0] ?? '');
}

function family(file: string): string | undefined {
  return file.split('/')[1];
}
