import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type MapReading, readSecretsFile } from './secrets-file.ts';

const uid = process.getuid?.() ?? 0;
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ork-secrets-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  file = path.join(folder, 'secrets.yaml');
});

/** JSON is YAML enough: the real reader is the command's. */
function readMap(text: string): MapReading {
  try {
    return { kind: 'map', value: JSON.parse(text), lineOf: () => 1 };
  } catch {
    return { kind: 'mistake', line: 2, column: 7, reason: 'yaml.syntax' };
  }
}

async function readFile(text: string | Uint8Array, mode = 0o600, owner = uid) {
  await writeFile(file, text, { mode });
  await chmod(file, mode);
  return readSecretsFile(file, { readMap, uid: owner });
}

test('a private file gives its secrets by name', async () => {
  const secrets = await readFile('{"API_KEY": "hunter22", "_b2": "hunter33\\n"}');
  expect(secrets.names()).toEqual(['API_KEY', '_b2']);
  expect(secrets.get('API_KEY')).toBe('hunter22');
  expect(secrets.get('_b2')).toBe('hunter33\n');
  expect(secrets.get('__proto__')).toBeUndefined();
});

test.each(['640', '604', '620', '602', '660', '666'])('mode %s is refused', async (mode) => {
  await expect(readFile('{}', Number.parseInt(mode, 8))).rejects.toMatchObject({
    code: 'denied',
    reason: 'secret.file-permissions',
    message: `${file} can be read or written by others (mode ${mode})`,
    hint: `chmod 600 ${file}`,
  });
});

test.each(['600', '400', '700', '711'])('mode %s is accepted', async (mode) => {
  expect((await readFile('{}', Number.parseInt(mode, 8))).names()).toEqual([]);
});

test("another user's file is refused", async () => {
  await expect(readFile('{}', 0o600, uid + 1)).rejects.toMatchObject({
    reason: 'secret.file-permissions',
    message: `${file} belongs to another user`,
  });
});

test('what counts is the file behind a link', async () => {
  await writeFile(file, '{}', { mode: 0o600 });
  await chmod(file, 0o644);
  const link = path.join(folder, 'link');
  await symlink(file, link);
  const reading = () => readSecretsFile(link, { readMap, uid });
  await expect(reading()).rejects.toMatchObject({ reason: 'secret.file-permissions' });
  await chmod(file, 0o600);
  expect((await reading()).names()).toEqual([]);
});

test('a pipe is read like a file', async () => {
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', ['-m', '600', pipe]);
  const writing = open(pipe, 'w').then(async (handle) => {
    await handle.writeFile('{"A": "hunter22"}');
    await handle.close();
  });
  const secrets = await readSecretsFile(pipe, { readMap, uid });
  await writing;
  expect(secrets.get('A')).toBe('hunter22');
});

test.each([
  ['a folder', '.', { reason: 'secret.file-permissions' }],
  ['a device', '/dev/null', { reason: 'secret.file-permissions' }],
  ['nothing', 'missing', { code: 'not-found', reason: 'secret.file-unreadable' }],
])('%s is refused', async (_, name, expected) => {
  const reading = readSecretsFile(path.resolve(folder, name), { readMap, uid });
  await expect(reading).rejects.toMatchObject(expected);
});

test('a file that is too large is refused', async () => {
  await expect(readFile(Buffer.alloc(1024 * 1024 + 1, 0x20))).rejects.toMatchObject({
    reason: 'secret.file-invalid',
    message: `${file} has more than 1048576 bytes`,
  });
});

const CONTENT = 'h4nter-22-content';

test.each([
  ['no YAML', `{"A": ${CONTENT}`, ':2:7 is not the YAML of a secrets file (yaml.syntax)'],
  ['a bad name', `{"${CONTENT}!": "x"}`, ':1: the name of a secret is letters, digits and _'],
  ['a number', '{"A": 4711}', ":1: the value of 'A' is not a text"],
  ['a list', `{"A": ["${CONTENT}"]}`, ":1: the value of 'A' is not a text"],
  ['a short value', '{"A": "4711 "}', "secret 'A' ("],
  ['no UTF-8', Buffer.from([0xff, 0xfe, ...Buffer.from(CONTENT)]), ' is not UTF-8 text'],
])('%s is refused without a word of the content', async (_, text, message) => {
  const error = await readFile(text).catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining(message),
  });
  const said = `${error.message} ${error.hint} ${error.stack} ${JSON.stringify(error)}`;
  expect(said).not.toContain(CONTENT);
  expect(said).not.toContain('4711');
  expect(error.cause).toBeUndefined();
});

test('a value of 64 KiB is accepted, a longer one is not', async () => {
  const secrets = await readFile(JSON.stringify({ A: 'x'.repeat(65_536) }));
  expect(secrets.get('A')).toHaveLength(65_536);
  await expect(readFile(JSON.stringify({ A: 'x'.repeat(65_537) }))).rejects.toMatchObject({
    reason: 'secret.too-long',
  });
});
