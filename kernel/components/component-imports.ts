import { OrkError } from '../types/errors.ts';
import { type Capability, CONTRACT } from '../types/manifest.ts';
import { ByteReader, MalformedBytes } from './byte-reader.ts';
import { readSections } from './custom-section.ts';

const IMPORT_SECTION = 10;
const TYPE = 0x03;
const INSTANCE = 0x05;
const EQUALS = 0x00;

/** What every module may import. */
const BASE_INTERFACES = ['types', 'runtime', 'log', 'clock', 'entropy', 'streams', 'service'];

/** A capability is an interface of the same name; some of them speak in terms of another. */
const INTERFACES: Readonly<Record<Capability, readonly string[]>> = {
  state: ['state'],
  expressions: ['expressions'],
  files: ['files'],
  process: ['process'],
  connections: ['connections'],
  http: ['http', 'connections'],
  sql: ['sql'],
  ssh: ['ssh', 'connections'],
  signals: ['signals'],
};

/** What the QuickJS engine asks for; the worker answers with stubs that reach nothing. */
const WASI_INTERFACES = new Set([
  'wasi:cli/environment',
  'wasi:cli/exit',
  'wasi:cli/stderr',
  'wasi:cli/stdin',
  'wasi:cli/stdout',
  'wasi:cli/terminal-input',
  'wasi:cli/terminal-output',
  'wasi:cli/terminal-stderr',
  'wasi:cli/terminal-stdin',
  'wasi:cli/terminal-stdout',
  'wasi:clocks/monotonic-clock',
  'wasi:clocks/wall-clock',
  'wasi:filesystem/preopens',
  'wasi:filesystem/types',
  'wasi:io/error',
  'wasi:io/poll',
  'wasi:io/streams',
  'wasi:random/insecure-seed',
]);

/** The names of what a component imports at its top level: interfaces with their versions. */
export function readImports(component: Uint8Array): string[] {
  return readSections(component)
    .filter(({ id }) => id === IMPORT_SECTION)
    .flatMap(({ body }) => readImportSection(body));
}

function readImportSection(body: Uint8Array): string[] {
  const reader = new ByteReader(body);
  const names: string[] = [];
  for (let left = reader.u32(); left > 0; left -= 1) {
    const form = reader.byte();
    if (form > 1) throw new MalformedBytes(`An import's name has the unknown form ${form}.`);
    const name = reader.name();
    if (importsInterface(reader, name)) names.push(name);
  }
  return names;
}

/** Types that the world names (`use types.{json}`) are imports too, and give nothing. */
function importsInterface(reader: ByteReader, name: string): boolean {
  const kind = reader.byte();
  if (kind === INSTANCE) {
    reader.u32();
    return true;
  }
  if (kind !== TYPE) throw new MalformedBytes(`The import '${name}' is not an interface.`);
  // A bound: equal to a type that was imported with an interface, or a new resource of the world's own.
  if (reader.byte() !== EQUALS) throw new MalformedBytes(`The import '${name}' is a resource.`);
  reader.u32();
  return false;
}

/** Refuses a component that imports more than the base world and what its manifest declares. */
export function checkImports(
  imports: readonly string[],
  capabilities: readonly Capability[],
): void {
  const allowed = new Set([
    ...BASE_INTERFACES,
    ...capabilities.flatMap((capability) => INTERFACES[capability]),
  ]);
  for (const name of imports) checkImport(name, allowed);
}

function checkImport(name: string, allowed: ReadonlySet<string>): void {
  const [path = '', version = ''] = name.split('@');
  if (WASI_INTERFACES.has(path) && version.startsWith('0.2.')) return;
  const [contract = '', major = ''] = CONTRACT.split('@');
  if (!path.startsWith(`${contract}/`)) {
    throw new OrkError('denied', `The component imports '${name}', which no module may.`, {
      reason: 'module.unknown-import',
      hint: `Modules import interfaces of ${CONTRACT} only.`,
    });
  }
  if (version.split('.')[0] !== major) {
    throw new OrkError('unsupported', `The component imports '${name}'; this is ${CONTRACT}.`, {
      reason: 'module.contract-version',
      hint: 'Build the module against this version of the contract.',
    });
  }
  const interface_ = path.slice(contract.length + 1);
  if (allowed.has(interface_)) return;
  throw new OrkError('denied', `The component imports '${name}' without declaring it.`, {
    reason: 'module.undeclared-import',
    hint: `Add '${interface_}' to the capabilities of the module that needs it.`,
  });
}
