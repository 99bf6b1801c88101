import { describe, expect, it } from 'vitest';
import { type LoadedPlaybook, loadPlaybook } from './load.ts';

function load(text: string): LoadedPlaybook {
  const { loaded, problems } = loadPlaybook(text, 'p.yaml');
  expect(problems).toEqual([]);
  return loaded as LoadedPlaybook;
}

/** `line:column reason` of each problem. */
function problemsOf(text: string): string[] {
  return loadPlaybook(text, 'p.yaml').problems.map(
    ({ reason, position }) => `${position?.line}:${position?.column} ${reason}`,
  );
}

describe('loadPlaybook', () => {
  it('reads YAML 1.2 as JSON', () => {
    const text = 'a: 1\nb: [x, 1.5, true, null, on]\nc:\n  d: "e"\n  f:\n';
    expect(load(text).value).toEqual({
      a: 1,
      b: ['x', 1.5, true, null, 'on'],
      c: { d: 'e', f: null },
    });
  });

  it('takes keys as text whatever they look like', () => {
    expect(load('1: a\ntrue: b\nnull: c\n').value).toEqual({ 1: 'a', true: 'b', null: 'c' });
  });

  it('expands aliases', () => {
    expect(load('a: &x [1]\nb: *x\n').value).toEqual({ a: [1], b: [1] });
  });

  it('reads a byte order mark and Windows line ends', () => {
    const loaded = load('\uFEFFa: 1\r\nb: |\r\n  x\r\n  y\r\n');
    expect(loaded.value).toEqual({ a: 1, b: 'x\ny\n' });
    expect(loaded.map.keyPosition(['a'])).toMatchObject({ line: 1, column: 1 });
  });

  it('marks strings tagged !raw', () => {
    const loaded = load('a: !raw "{{x}}"\nb: "{{x}}"\n');
    expect(loaded.value).toEqual({ a: '{{x}}', b: '{{x}}' });
    expect([loaded.isRaw(['a']), loaded.isRaw(['b'])]).toEqual([true, false]);
  });
});

describe('a problem is reported for', () => {
  it.each([
    ['an empty file', '', ['1:1 yaml.empty']],
    ['comments alone', '# nothing\n', ['1:1 yaml.empty']],
    ['a list', '- a\n', ['1:1 yaml.root']],
    ['a text', 'hello\n', ['1:1 yaml.root']],
    ['two documents', 'a: 1\n---\nb: 1\n', ['3:1 yaml.documents']],
    ['a duplicate key', 'a: 1\nb: 2\na: 3\n', ['3:1 yaml.duplicate-key']],
    ['a duplicate key in a list', 'a:\n  - {b: 1, b: 2}\n', ['2:12 yaml.duplicate-key']],
    ['a tab that indents', 'a:\n\tb: 1\n', ['2:1 yaml.syntax']],
    ['an unknown tag', 'a: !secret x\n', ['1:4 yaml.syntax']],
    ['!raw on a list', 'a: !raw [x]\n', ['1:4 yaml.syntax']],
    ['an unknown alias', 'a: *x\n', ['1:4 yaml.alias']],
    [
      'an alias inside what it stands for',
      'a: &x { b: [*x, *x] }\n',
      ['1:13 yaml.alias', '1:17 yaml.alias'],
    ],
    ['infinity', 'a: .inf\n', ['1:4 yaml.number']],
    ['an integer that loses digits', 'a: 12345678901234567890\n', ['1:4 yaml.number']],
    ['a list as a key', '? [a]\n: 1\n', ['1:3 yaml.syntax']],
    ['another YAML', '%YAML 1.1\n---\na: yes\n', ['1:1 yaml.version']],
    ['an unclosed quote', 'a: "x\n', ['1:4 yaml.syntax']],
  ])('%s', (_, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  it.each(['a: {{ x }}\n', 'a: { b: {{ x }} }\n', 'a: "x" {{ y }}\n'])(
    'a template without quotes: %s',
    (text) => {
      expect(loadPlaybook(text, 'p.yaml').problems).toMatchObject([
        { reason: 'yaml.bare-template', position: { column: text.indexOf('{{') + 1 } },
      ]);
    },
  );
});

describe('positions', () => {
  const loaded = load('a:\n  - b: hello\n    c: [1, two]\n');

  it('of keys and values are known', () => {
    expect(loaded.map.keyPosition(['a', 0, 'c'])).toEqual({
      file: 'p.yaml',
      line: 3,
      column: 5,
      length: 1,
    });
    expect(loaded.map.valuePosition(['a', 0, 'c', 1])).toMatchObject({
      line: 3,
      column: 12,
      length: 3,
    });
  });

  it('of what is missing are those of the closest thing around it', () => {
    expect(loaded.map.valuePosition(['a', 0, 'x', 'y'])).toMatchObject({ line: 2, column: 5 });
  });
});
