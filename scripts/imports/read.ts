import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix, sep } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import type { Import } from './rules.ts';

export interface LibraryImport {
  from: string;
  specifier: string;
  line: number;
}

export interface Imports {
  files: string[];
  /** From file to file of the project, imports of types included. */
  internal: Import[];
  libraries: LibraryImport[];
}

/** Every import of every source file below `folders`. Throws on a file that does not parse. */
export function readImports(root: string, folders: readonly string[]): Imports {
  const files = folders
    .flatMap((folder) => globSync(`${folder}/**/*.{ts,js}`, { cwd: root, exclude: isLeftOut }))
    .map((file) => file.split(sep).join('/'))
    .sort();
  const all: Imports = { files, internal: [], libraries: [] };
  for (const file of files) {
    for (const { specifier, line } of specifiersOf(file, readFileSync(join(root, file), 'utf8'))) {
      if (specifier.startsWith('.')) {
        all.internal.push({ from: file, to: posix.join(posix.dirname(file), specifier), line });
      } else {
        const name =
          isBuiltin(specifier) && !specifier.includes(':') ? `node:${specifier}` : specifier;
        all.libraries.push({ from: file, specifier: name, line });
      }
    }
  }
  return all;
}

function isLeftOut(path: string): boolean {
  return /(^|\/)node_modules$/.test(path);
}

interface Specifier {
  specifier: string;
  line: number;
}

/** `import`, `import type`, `export … from`, `import()` with a literal, and `import('…')` as a type. */
function specifiersOf(file: string, source: string): Specifier[] {
  const { program, errors } = parseSync(file, source);
  if (errors[0] !== undefined) throw new Error(`${file}: ${errors[0].message}`);
  const found: Specifier[] = [];
  const add = (node: { type: string; value?: unknown; start: number } | null): void => {
    if (node?.type !== 'Literal' || typeof node.value !== 'string') return;
    found.push({ specifier: node.value, line: source.slice(0, node.start).split('\n').length });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
  }).visit(program);
  return found;
}
