import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Redactor } from '../observability/redaction/redactor.ts';
import { OrkError } from '../types/errors.ts';
import { openSecrets, withoutSecrets } from './secrets.ts';

const VALUE = 'hunter22-content';
const none = { get: () => undefined, names: () => [] };

async function secretsOf(text: string, redactor = new Redactor()) {
  const folder = await mkdtemp(path.join(tmpdir(), 'ork-secrets-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'secrets.yaml');
  await writeFile(file, text, { mode: 0o600 });
  return openSecrets(file, none, redactor);
}

test('a resolved secret is redacted from then on', async () => {
  const redactor = new Redactor();
  const secrets = await secretsOf(`A: ${VALUE}\nB: |\n  two\n  lines\n`, redactor);
  expect(redactor.redactText(VALUE)).toBe(VALUE);
  expect(secrets.resolve('A')).toBe(VALUE);
  expect(redactor.redactText(VALUE)).toBe('***');
  expect(secrets.resolve('B')).toBe('two\nlines\n');
});

test('without a file, secrets come from the environment', async () => {
  const environment = { get: () => 'from-environment', names: () => ['A', 'B'] };
  const secrets = await openSecrets(undefined, environment, new Redactor());
  expect(secrets.resolve('A')).toBe('from-environment');
});

test.each([
  ['an alias', `A: *${VALUE}`, ':1:4 is not the YAML of a secrets file (yaml.alias)'],
  ['a tag', `A: !${VALUE} x`, ':1:4 is not the YAML of a secrets file (yaml.syntax)'],
  ['an open quote', `A: "${VALUE}`, ' is not the YAML of a secrets file (yaml.syntax)'],
  ['a list', `- ${VALUE}`, ':1:1 is not the YAML of a secrets file (yaml.root)'],
  ['a text', VALUE, ':1:1 is not the YAML of a secrets file (yaml.root)'],
  ['nothing', '', ':1:1 is not the YAML of a secrets file (yaml.empty)'],
  [
    'two documents',
    `A: ${VALUE}\n---\n${VALUE}: x\n`,
    ' is not the YAML of a secrets file (yaml.documents)',
  ],
  [
    'a large number',
    'A: 48151623424815162342',
    ':1:4 is not the YAML of a secrets file (yaml.number)',
  ],
  ['a tab', `A:\n\t${VALUE}: x`, ' is not the YAML of a secrets file (yaml.syntax)'],
  [
    'a name twice',
    `A: ${VALUE}\nA: ${VALUE}\n`,
    ':2:1 is not the YAML of a secrets file (yaml.duplicate-key)',
  ],
  [
    'a template without quotes',
    `A: {{ ${VALUE} }}`,
    ' is not the YAML of a secrets file (yaml.bare-template)',
  ],
  ['a number', 'B: x\nA: 4815162342', ":2: the value of 'A' is not a text"],
  ['a bad name', `A: ${VALUE}\n${VALUE}: x`, ':2: the name of a secret is letters, digits and _'],
  ['a map', `A: { ${VALUE}: ${VALUE} }`, ":1: the value of 'A' is not a text"],
  ['a short value', 'A: 4815x', "secret 'A' ("],
])('%s in the file is refused without a word of the content', async (_, text, message) => {
  const error = await secretsOf(text.replace('B: x\n', 'B: long-enough\n')).catch(
    (thrown) => thrown,
  );
  expect(error).toMatchObject({
    code: 'invalid-argument',
    reason: expect.stringMatching(/^secret\./),
  });
  expect(error.message).toContain(message);
  const said = `${error.message} ${error.hint} ${error.stack} ${error.cause}`;
  expect(said).not.toMatch(/hunter22|4815/);
});

test('an error that no report has room for loses its secrets, and its cause', () => {
  const redactor = new Redactor();
  redactor.add(VALUE);
  const cause = new Error(`inside ${VALUE}`);
  const options = { reason: 'x.y', hint: `try ${VALUE}`, retryAfter: 3, cause };
  const error = withoutSecrets(new OrkError('io', `no ${VALUE}`, options), redactor);
  expect(error).toMatchObject({
    code: 'io',
    reason: 'x.y',
    message: 'no ***',
    hint: 'try ***',
    retryAfter: 3,
  });
  expect(error.cause).toBeUndefined();
  expect(error.stack).toContain('inside ***');
  expect(withoutSecrets(new TypeError(VALUE), redactor)).toMatchObject({
    code: 'internal',
    message: '***',
  });
});
