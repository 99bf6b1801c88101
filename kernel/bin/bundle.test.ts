import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const LOADER = path.join(import.meta.dirname, 'bundle.js');

let folder: string;
let main: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ork-bundle-'));
  main = path.join(folder, 'main.cjs');
  writeFileSync(main, 'exports.say = (text) => { const late = () => text; return late(); };');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What `say` of the bundle answers in a process of its own. */
function say(text: string, kept: string | null = folder, use = ''): string {
  const script = `
    import { loadBundle } from ${JSON.stringify(LOADER)};
    const kept = ${JSON.stringify(kept)} ?? undefined;
    console.log(loadBundle(${JSON.stringify(main)}, kept, ${JSON.stringify(use)}).say(${JSON.stringify(text)}));`;
  const argv = ['--input-type=module', '-e', script];
  const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  return stdout + stderr;
}

function keptFiles(kind: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(kind));
}

test('a bundle reads others beside it once, knows where it lies, and reaches the modules of Node', () => {
  writeFileSync(path.join(folder, 'library.cjs'), 'exports.made = [];');
  const code = `
    exports.say = (text) => {
      requireFile('./library.cjs').made.push(text);
      requireFile('./library.cjs').made.push(require('node:path').basename(importMetaUrl));
      return requireFile('./library.cjs').made.join();
    };`;
  writeFileSync(main, code);
  expect(say('hello')).toBe('hello,main.cjs\n');
  expect(keptFiles('.code')).toHaveLength(2);
});

test('nothing is kept without a folder', () => {
  expect(say('hello', null)).toBe('hello\n');
  expect(readdirSync(folder)).toEqual(['main.cjs']);
});

test('a folder that cannot be written changes nothing', () => {
  expect(say('hello', path.join(folder, 'none'))).toBe('hello\n');
});

test('code holds what was called, only the user reads it, and runs with it answer the same', () => {
  expect(say('one')).toBe('one\n');
  const [name = ''] = keptFiles('.code');
  expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
  expect(say('two')).toBe('two\n');
  expect(keptFiles('.code')).toEqual([name]);
});

test('a bundle that has changed is not run by the code of the old one, even at the same length', () => {
  expect(say('hello')).toBe('hello\n');
  const text = readFileSync(main, 'utf8');
  writeFileSync(main, text.replace('late();', '"bye"; '));
  expect(statSync(main).size).toBe(text.length);
  expect(say('hello')).toBe('bye\n');
});

test('code that is broken is made again', () => {
  say('hello');
  const [name = ''] = keptFiles('.code');
  writeFileSync(path.join(folder, name), readFileSync(main));
  expect(say('hello')).toBe('hello\n');
  expect(statSync(path.join(folder, name)).size).toBeGreaterThan(statSync(main).size);
});

/** A bundle with a large function that only a text after '1' calls. */
function writeRare(): void {
  const big = Array.from({ length: 50 }, (_, index) => `text += ${index};`).join('');
  const rare = `function rare() { let text = ''; ${big} }`;
  writeFileSync(main, `exports.say = (text) => { if (text > '1') rare(); return 1; }; ${rare}`);
}

const keptSize = () => statSync(path.join(folder, keptFiles('.code')[0] as string)).size;

test('functions that a later run calls come to the code', () => {
  writeRare();
  say('1');
  const first = keptSize();
  say('2');
  expect(keptSize()).toBeGreaterThan(first);
});

test('functions that the first run for another use calls come to the code, after many runs for one', () => {
  writeRare();
  say('1', folder, 'run');
  writeFileSync(path.join(folder, keptFiles('.runs')[0] as string), 'r'.repeat(70));
  const first = keptSize();
  say('2', folder, 'run');
  expect(keptSize()).toBe(first);
  say('2', folder, 'validate');
  expect(keptSize()).toBeGreaterThan(first);
});

test('runs are counted from the beginning when a bundle has changed, and no count grows long', () => {
  const runs = () => readFileSync(path.join(folder, keptFiles('.runs')[0] as string), 'utf8');
  say('hello', folder, 'run');
  say('hello', folder, 'validate');
  expect(runs()).toBe('rv');
  writeRare();
  say('1', folder, 'run');
  expect(runs()).toBe('r');
  writeFileSync(path.join(folder, keptFiles('.runs')[0] as string), 'r'.repeat(4095));
  say('1', folder, '--version');
  expect(runs()).toBe('');
});
