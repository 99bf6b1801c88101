import { describe, expect, it } from 'vitest';
import { compileGlob } from './glob.ts';

const plain = { hidden: false, recursive: false };

describe('compileGlob', () => {
  it.each([
    ['*.json', 'a.json', true],
    ['*.json', 'b/a.json', false],
    ['./*.json', 'a.json', true],
    ['**/package.json', 'package.json', true],
    ['**/package.json', 'a/b/package.json', true],
    ['**/package.json', 'a/.hidden/package.json', false],
    ['src/**', 'src/a/b.ts', true],
    ['*.{js,ts}', 'a.ts', true],
    ['[ab]?.txt', 'b1.txt', true],
    ['*', '.env', false],
    ['.*', '.env', true],
    ['a+b(1).txt', 'a+b(1).txt', true],
  ])('%s against %s: %s', (pattern, path, expected) => {
    expect(compileGlob(pattern, plain).matches(path)).toBe(expected);
  });

  it('matches names at any depth when recursive, and hidden ones when asked', () => {
    expect(compileGlob('*.md', { hidden: false, recursive: true }).matches('a/b/c.md')).toBe(true);
    expect(compileGlob('*', { hidden: true, recursive: false }).matches('.env')).toBe(true);
  });

  it.each([
    ['*.json', 'a', false],
    ['node_modules/**/package.json', 'src', false],
    ['node_modules/**/package.json', 'node_modules', true],
    ['node_modules/**/package.json', 'node_modules/a/b/c', true],
    ['node_modules/**/package.json', 'node_modules/.cache', false],
    ['**/.github/*.yml', 'a/.github', true],
    ['**/@(.github)/*.yml', 'a/.github', true],
    ['a/*/c.txt', 'a', true],
    ['a/*/c.txt', 'a/x', true],
    ['a/*/c.txt', 'a/x/c', false],
    ['{a/b,c}/**', 'a', true],
    ['.config/*', '.config', true],
  ])('%s may match below %s: %s', (pattern, directory, expected) => {
    expect(compileGlob(pattern, plain).mayMatchBelow(directory)).toBe(expected);
  });
});
