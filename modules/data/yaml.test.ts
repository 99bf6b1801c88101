import { describe, expect, it } from 'vitest';
import { parseYaml } from './yaml.ts';

describe('parseYaml', () => {
  it('reads YAML 1.2: no and 1:20 are text', () => {
    expect(parseYaml('a: no\nb: 1:20\nc: 0x10\nd: ~\ne: |\n  x\n  y\n')).toEqual([
      { a: 'no', b: '1:20', c: 16, d: null, e: 'x\ny\n' },
    ]);
    expect(parseYaml('')).toEqual([]);
    expect(parseYaml('&a x: &b [1]\ny: *b\n')).toEqual([{ x: [1], y: [1] }]);
  });

  it('says where it stumbled', () => {
    expect(() => parseYaml('a: 1\nb: [')).toThrow(/^Not YAML: .* at line 2/);
    expect(() => parseYaml('a: 1\na: 2')).toThrow('unique');
  });

  it.each([
    [
      'alias bombs',
      `a: &a [${'x,'.repeat(9)}x]\n${[...'bcdefg'].map((key, i) => `${key}: &${key} [${`*${'abcdef'[i]},`.repeat(9)}*${'abcdef'[i]}]`).join('\n')}`,
    ],
    ['deep brackets', '['.repeat(100_000)],
    ['deep brackets in lines', `${'['.repeat(33)}\n${'['.repeat(33)}`],
    ['deep lists', '- '.repeat(1000)],
    ['deep maps', Array.from({ length: 100 }, (_, n) => `${' '.repeat(n)}a:`).join('\n')],
    ['numbers that JSON lacks', 'a: .inf'],
    ['keys that are traps', '__proto__: 1'],
    ['unknown aliases', 'a: *b'],
  ])('refuses %s', (_, text) => {
    expect(() => parseYaml(text)).toThrow();
  });

  it('refuses texts that would take too much memory', () => {
    expect(() => parseYaml('x'.repeat(1024 * 1024 + 1))).toThrow('more than');
  });
});
