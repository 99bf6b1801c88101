// Fails when a room imports from where it may not, or when files import each other in a circle.
// dependency-cruiser would do this, but it reads TypeScript through a compiler API that TypeScript 7 lacks.
import { resolve } from 'node:path';
import { findCycles } from './imports/cycles.ts';
import { readImports } from './imports/read.ts';
import { judge, judgeLibrary } from './imports/rules.ts';

const FOLDERS = ['kernel', 'sdk', 'modules'];

const root = resolve(process.argv[2] ?? '.');
const { files, internal, libraries } = readImports(root, FOLDERS);
const problems: string[] = [];
for (const edge of internal) {
  const problem = judge(edge);
  if (problem !== undefined) problems.push(`${edge.from}:${edge.line}: ${problem} (${edge.to})`);
}
for (const { from, specifier, line } of libraries) {
  const problem = judgeLibrary(from, specifier);
  if (problem !== undefined) problems.push(`${from}:${line}: ${problem} (${specifier})`);
}
for (const cycle of findCycles(internal)) problems.push(`import cycle: ${cycle.join(' → ')}`);
if (files.length === 0) problems.push(`no source files below ${root}`);

for (const problem of problems) console.error(problem);
console.log(`${files.length} files, ${internal.length} imports, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
