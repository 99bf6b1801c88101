import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { profileRules } from '../../kernel/sandbox/seccomp-profile.ts';
import { checkout } from './ork.ts';

const COMPILER = process.env['CC'] ?? 'gcc';
const BUILT = path.join(checkout, 'build/native');

const helper = path.join(BUILT, 'ork-sandbox');
export const seal = path.join(BUILT, 'ork-seal.so');

/** Says what the real ones cannot: that an answer came from the filter. */
export const MARKED = { EPERM: 4001, ENOSYS: 4002 };

export interface CompiledFilter {
  status: number | null;
  program: Buffer;
  message: string;
}

/** What `ork-sandbox compile-filter` makes of text; what it makes of words ends each with a NUL. */
export function compileText(text: string | Buffer): CompiledFilter {
  const { status, stdout, stderr, error } = spawnSync(helper, ['compile-filter'], { input: text });
  if (error !== undefined) throw error;
  return { status, program: stdout, message: stderr.toString().trim() };
}

export function compileWords(words: readonly string[]): CompiledFilter {
  return compileText(words.map((word) => `${word}\0`).join(''));
}

export function defaultRules(): string[] {
  const file = path.join(checkout, 'kernel/sandbox/profiles/default.json');
  return profileRules(readFileSync(file, 'utf8'));
}

/** The rules of the default profile, its answers replaced by marked ones. */
export function markedDefaultRules(): string[] {
  const rules = defaultRules();
  return rules.map((word, index) => {
    if (!['default', 'errno', 'errno-if'].includes(rules[index - 1] ?? '')) return word;
    if (word === '1') return String(MARKED.EPERM);
    if (word === '38') return String(MARKED.ENOSYS);
    throw new Error(`the default profile answers ${word}, which the tests do not know`);
  });
}

/** Builds a program of one source file; fails with what the compiler says. */
export function buildProgram(source: string, into: string, linking = '-static'): string {
  const flags = ['-std=c11', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Werror', '-Wconversion'];
  const { status, stderr } = spawnSync(COMPILER, [...flags, linking, source, '-o', into]);
  if (status !== 0) throw new Error(`${source} does not compile:\n${stderr}`);
  return into;
}
