import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Target } from './target.ts';

const ROOT = path.join(import.meta.dirname, 'corpus');

/** The kept inputs of a target: where mutation starts, and what every run of the tests repeats. */
export function readCorpus({ name }: Target): { file: string; text: string }[] {
  const folder = path.join(ROOT, name);
  return readdirSync(folder)
    .sort()
    .map((file) => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }));
}

/** Keeps an input for which something went wrong; yields its path. */
export function keepInput({ name, extension }: Target, text: string): string {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const file = path.join(ROOT, name, `finding-${digest}.${extension}`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
