import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { readOnlyBind, type ViewEntry } from './view-entry.ts';

/** How this host's own files are laid out, as the entries by which a worker sees them. */
export interface HostLayout {
  /** Programs and libraries. */
  programs: ViewEntry[];
  /** The libraries that Node itself needs, and no program. */
  libraries: ViewEntry[];
  /** Of /etc, what programs look up. */
  settings: ViewEntry[];
  passwd: string;
  group: string;
}

const SYSTEM_FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** The link to the loader is written into every program. */
const LOADER_FOLDERS = ['/lib', '/lib64'];

/** No keys, no passwords, nothing of the machine's other services. */
const SETTINGS = [
  'alternatives',
  'ca-certificates',
  'hosts',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'mime.types',
  'nsswitch.conf',
  'os-release',
  'pki/ca-trust/extracted',
  'pki/tls/certs',
  'protocols',
  'resolv.conf',
  'services',
  'ssl/certs',
  'ssl/openssl.cnf',
  'timezone',
].map((name) => `/etc/${name}`);

/** A user database of another size is not ours to copy for each worker. */
const MAX_ACCOUNTS_BYTES = 256 * 1024;

export function readHostLayout(): HostLayout {
  return {
    programs: SYSTEM_FOLDERS.flatMap((folder) => asOnHost(folder)),
    libraries: [...loaderFolders(), ...librariesOfNode()],
    settings: SETTINGS.flatMap((file) => asOnHost(file)),
    passwd: accounts('/etc/passwd'),
    group: accounts('/etc/group'),
  };
}

/** A link into the system's folders stays a link; another one is followed, since its end would not be seen. */
function asOnHost(file: string): ViewEntry[] {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isSymbolicLink()) return [readOnlyBind(file, false)];
  const to = readlinkSync(file);
  const end = path.resolve(path.dirname(file), to);
  if (isInSystem(end)) return [{ kind: 'symlink', target: file, to }];
  const real = realPath(file);
  if (real === undefined) return [];
  return [{ kind: 'bind', target: file, source: real, readOnly: true, noExec: false }];
}

function isInSystem(file: string): boolean {
  return SYSTEM_FOLDERS.some((folder) => file === folder || file.startsWith(`${folder}/`));
}

function loaderFolders(): ViewEntry[] {
  return LOADER_FOLDERS.flatMap((folder) => {
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (stats === undefined || !stats.isSymbolicLink()) return [];
    return [{ kind: 'symlink' as const, target: folder, to: readlinkSync(folder) }];
  });
}

/** Those that this process, which is the same program, has loaded; under the names by which they are looked up. */
function librariesOfNode(): ViewEntry[] {
  const mapped = readFileSync('/proc/self/maps', 'latin1').matchAll(
    /^\S+ r-x\S* \S+ \S+ \d+ +(\/\S+)$/gm,
  );
  const files = new Set(Array.from(mapped, ([, file]) => file as string));
  const libraries = [...files].filter((file) => isInSystem(file) && /\.so(\.|$)/.test(file));
  return libraries.flatMap((file) => [readOnlyBind(file, false), ...linksTo(file)]);
}

/** `libstdc++.so.6` beside `libstdc++.so.6.0.30`, and the loader's name where programs expect it. */
function linksTo(file: string): ViewEntry[] {
  const links: ViewEntry[] = [];
  for (let name = file; /\.so\.[\d.]+$/.test(name); ) {
    name = name.replace(/\.\d+$/, '');
    if (lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink() && realPath(name) === file) {
      links.push({ kind: 'symlink', target: name, to: path.basename(file) });
    }
  }
  return [...links, ...loaderLinks(file)];
}

function loaderLinks(file: string): ViewEntry[] {
  if (!path.basename(file).startsWith('ld-linux')) return [];
  return LOADER_FOLDERS.flatMap((folder) => {
    const real = realPath(folder);
    if (real === undefined || real === path.dirname(file)) return [];
    return readdirSync(real)
      .map((name) => path.join(real, name))
      .filter((name) => /\/ld-linux[^/]*\.so\.\d+$/.test(name) && realPath(name) === file)
      .map((name) => ({ kind: 'symlink' as const, target: name, to: file }));
  });
}

function realPath(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

function accounts(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    return text.length > MAX_ACCOUNTS_BYTES ? '' : text;
  } catch {
    return '';
  }
}
