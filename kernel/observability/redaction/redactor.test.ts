import { describe, expect, test } from 'vitest';
import { Redactor } from './redactor.ts';

const SECRET = `p@ss "w\\rd"/é😀'+$`;

function knowing(...secrets: string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

describe('a secret is removed', () => {
  const ascii = JSON.stringify(SECRET).replace(
    /[^\0-~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const html = SECRET.replaceAll('"', '&quot;').replaceAll("'", '&#39;');

  test.each([
    ['as it is', SECRET],
    ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['in JSON of ASCII', ascii.slice(1, -1)],
    ['in JSON of ASCII, in upper case', ascii.slice(1, -1).replaceAll('d83d', 'D83D')],
    ['in JSON with escaped slashes', JSON.stringify(SECRET).slice(1, -1).replaceAll('/', '\\/')],
    ['in JSON within JSON', JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)],
    ['in an address', encodeURIComponent(SECRET)],
    ['in an address, in lower case', encodeURIComponent(SECRET).toLowerCase()],
    ['in an address within an address', encodeURIComponent(encodeURIComponent(SECRET))],
    ['in a form', new URLSearchParams({ a: SECRET }).toString().slice(2)],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64 without padding', Buffer.from(SECRET).toString('base64').replace(/=+$/, '')],
    ['in base64 for addresses', Buffer.from(SECRET).toString('base64url')],
    ['in base64 within an address', encodeURIComponent(Buffer.from(SECRET).toString('base64'))],
    ['in hex', Buffer.from(SECRET).toString('hex')],
    ['in hex, in upper case', Buffer.from(SECRET).toString('hex').toUpperCase()],
    [
      'in hex with blanks',
      Buffer.from(SECRET)
        .toString('hex')
        .replace(/..(?!$)/g, '$& '),
    ],
    [
      'in hex as od prints it',
      Buffer.from(SECRET)
        .toString('hex')
        .replace(/(.{16})(?!$)/g, '$1\n')
        .replace(/..(?!$)/g, '$& ')
        .replaceAll(' \n', '\n '),
    ],
    ['in HTML', html],
    ['in a shell', SECRET.replaceAll("'", "'\\''")],
    ['in Python', [...Buffer.from(SECRET)].map((b) => `\\x${b.toString(16)}`).join('')],
  ])('%s', (_, written) => {
    const redactor = knowing(SECRET);
    expect(redactor.redactText(`<${written}>`).replace('\\x***', '***')).toBe('<***>');
  });

  test.each([0, 1, 2, 3])('in base64 of a longer text, %d bytes from its start', (before) => {
    const text = `${'u'.repeat(before)}${SECRET}:and more`;
    const redacted = knowing(SECRET).redactText(Buffer.from(text).toString('base64'));
    expect(redacted).toContain('***');
    const [head = '', tail = ''] = redacted.split('***');
    expect(head.length).toBeLessThanOrEqual(Math.ceil(((before + 1) * 8) / 6));
    expect(Buffer.from(tail.slice(-8), 'base64').toString()).toContain('more');
  });

  test('in base64 of many lines', () => {
    const secret = 'x7'.repeat(100);
    const lines = Buffer.from(secret).toString('base64').replace(/.{76}/g, '$&\n');
    expect(knowing(secret).redactText(lines)).toBe('***');
  });

  test('wherever it stands, also twice in a row and as a part of another', () => {
    const redactor = knowing('abcdef', 'defghi', 'abcdefghijkl');
    expect(redactor.redactText('abcdef,abcdefabcdef abcdefghi!')).toBe('***,*** ***!');
    expect(redactor.redactText('xabcdefghijklx')).toBe('x***x');
  });

  test('from lines of a key, also one by one', () => {
    const lines = ['MIIEvQIBADANBgkqhkiG9w0B', 'AQEFAASCBKcwggSjAgEAAoIB', 'short=='];
    const key = ['-----BEGIN KEY-----', ...lines, '-----END KEY-----', ''].join('\n');
    const redactor = knowing(key);
    expect(redactor.redactText(`key: ${key}`)).toBe('key: ***\n');
    expect(redactor.redactText(JSON.stringify({ key }))).toBe('{"key":"***\\n"}');
    expect(redactor.redactText(`${lines[1]}?`)).toBe('***?');
    expect(redactor.redactText('-----BEGIN KEY-----')).toBe('-----BEGIN KEY-----');
  });

  test('without the white space around it', () => {
    expect(knowing(' hunter22\n').redactText('is hunter22.')).toBe('is ***.');
  });

  test('whose beginning or end was cut off with the text, if most of it is there', () => {
    const redactor = knowing('correct-horse-battery-staple');
    expect(redactor.redactText('…ct-horse-battery-staple')).toBe('…ct-horse-battery-staple');
    expect(redactor.redactText('ct-horse-battery-staple is it')).toBe('*** is it');
    expect(redactor.redactText('it is correct-horse-batt')).toBe('it is ***');
    expect(redactor.redactText('it is correct')).toBe('it is correct');
    expect(redactor.redactText('orse-battery-stap')).toBe('orse-battery-stap');
    expect(redactor.redactText('not "correct-horse-b": a word')).toBe('not "***": a word');
    expect(redactor.redactText('correct-horse-b… and correct-horse-b...')).toBe('***… and ***...');
    expect(redactor.redactText('a correct-horse-boat')).toBe('a correct-horse-boat');
  });
});

test('what is too short to be a secret stays', () => {
  expect(knowing('12345', '  a \n').redactText('12345 a')).toBe('12345 a');
});

test('without secrets everything stays what it is', () => {
  const redactor = new Redactor();
  const value = { a: ['b'] };
  expect(redactor.redactText('hunter22')).toBe('hunter22');
  expect(redactor.redactJson(value)).toBe(value);
});

describe('in JSON', () => {
  const redactor = knowing('hunter22', '12345678');

  test('texts, keys and numbers are redacted, and the rest is kept', () => {
    const value = { list: ['hunter22', 7, null], 'a hunter22': true, n: 12345678, deep: { x: 1 } };
    const redacted = redactor.redactJson(value);
    expect(redacted).toEqual({ list: ['***', 7, null], 'a ***': true, n: '***', deep: { x: 1 } });
    expect(redacted.deep).toBe(value.deep);
  });

  test('a value without secrets is the same value', () => {
    const value = { a: [1, 'x', { b: null }] };
    expect(redactor.redactJson(value)).toBe(value);
  });

  test('two keys that were secrets stay two', () => {
    expect(redactor.redactJson({ hunter22: 1, '12345678': 2 })).toEqual({ '***': 2, '*** (2)': 1 });
  });

  test('the key __proto__ is a key', () => {
    const value = JSON.parse('{"__proto__": {"polluted": "hunter22"}, "constructor": 1}');
    const redacted = redactor.redactJson(value);
    expect(JSON.stringify(redacted)).toBe('{"__proto__":{"polluted":"***"},"constructor":1}');
    expect(Object.getPrototypeOf(redacted)).toBe(Object.prototype);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  test('nesting without end does not exhaust the stack', () => {
    const value = JSON.parse(`${'['.repeat(50_000)}"hunter22"${']'.repeat(50_000)}`);
    expect(JSON.stringify(redactor.redactJson(value))).toContain('nested deeper');
  });
});

describe('in a stream', () => {
  test('what cannot be the beginning of a secret is not held back', () => {
    const stream = knowing('hunter22').stream();
    expect(stream.push('hello hun')).toBe('hello ');
    expect(stream.push('gry hunter2')).toBe('hungry ');
    expect(stream.push('2!')).toBe('***!');
    expect(stream.push('hunter')).toBe('');
    expect(stream.end()).toBe('hunter');
  });

  test('a secret that overlaps with the beginning of another has one mask', () => {
    const stream = knowing('abcdef', 'defghi').stream();
    const pushed = ['xabcdef', 'gh', '?'].map((chunk) => stream.push(chunk));
    expect([...pushed, stream.end()]).toEqual(['x***', '', 'gh?', '']);
    const again = knowing('abcdef', 'defghi').stream();
    expect(again.push('abcdef') + again.push('ghi') + again.push('jk') + again.end()).toBe('***jk');
  });

  test('bytes may be cut within a character', () => {
    const stream = knowing('clé-secrète').stream();
    const said = [...Buffer.from('la clé-secrète é')].map((byte) =>
      stream.push(Uint8Array.of(byte)),
    );
    expect(said.join('') + stream.end()).toBe('la *** é');
  });

  test('a secret that becomes known meanwhile is found', () => {
    const redactor = knowing('first-secret');
    const stream = redactor.stream();
    expect(stream.push('second-secret first-')).toBe('second-secret ');
    redactor.add('second-secret');
    expect(stream.push('try second-')).toBe('first-try ');
    expect(stream.push('secret')).toBe('***');
  });
});

describe('in lines', () => {
  const key = 'line one\nline two\nlast';

  test('a secret over several lines is removed from each of them', () => {
    const lines = knowing(key).lines<number>();
    expect(lines.push('before', 1)).toEqual([{ text: 'before', item: 1 }]);
    expect(lines.push('the line one', 2)).toEqual([]);
    expect(lines.push('line two', 3)).toEqual([]);
    expect(lines.push('last!', 4)).toEqual([
      { text: 'the ***', item: 2 },
      { text: '***', item: 3 },
      { text: '***!', item: 4 },
    ]);
  });

  test('lines that only begin like a secret are shown once that is clear, or at the end', () => {
    const lines = knowing(key).lines<null>();
    const texts = (released: { text: string }[]) => released.map(({ text }) => text);
    expect(texts(lines.push('line one', null))).toEqual([]);
    expect(texts(lines.push('line three', null))).toEqual(['line one', 'line three']);
    expect(texts(lines.push('line one', null))).toEqual([]);
    expect(texts(lines.end())).toEqual(['line one']);
    expect(texts(lines.end())).toEqual([]);
  });

  test('a line is not held back for a few characters', () => {
    const lines = knowing('abcde\nfghij').lines<null>();
    expect(lines.push('abcde', null)).toHaveLength(1);
    expect(knowing('abcdef\nghij').lines<null>().push('abcdef', null)).toEqual([]);
  });

  test('a secret that was cut with its line is removed', () => {
    const lines = knowing('abcdefghijklmnopqrst').lines<number>();
    expect(lines.push('it is abcdefghijklmno', 1)).toEqual([{ text: 'it is ***', item: 1 }]);
    expect(lines.push('ghijklmnopqrst it is', 2)).toEqual([{ text: '*** it is', item: 2 }]);
  });
});
