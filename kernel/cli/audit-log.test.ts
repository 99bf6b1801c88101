import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/ork.ts';
import { auditFolder, openAuditLog } from './audit-log.ts';

const RUN = '11111111-1111-4111-8111-111111111111';

function open(environment: NodeJS.ProcessEnv, file?: string) {
  return openAuditLog({
    runId: RUN,
    environment,
    ...(file === undefined ? {} : { file }),
    redact: (fields) => JSON.parse(JSON.stringify(fields).replaceAll('hunter22', '***')),
    onFailed: () => {},
  });
}

async function linesOf(file: string): Promise<object[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

test.each([
  [{ XDG_STATE_HOME: '/state' }, '/state/ork/audit'],
  [{ XDG_STATE_HOME: 'relative' }, path.join(homedir(), '.local/state/ork/audit')],
  [{ XDG_STATE_HOME: '' }, path.join(homedir(), '.local/state/ork/audit')],
  [{}, path.join(homedir(), '.local/state/ork/audit')],
])('the folder with %j is %s', (environment, expected) => {
  expect(auditFolder(environment)).toBe(expected);
});

test('the events of a run go to a file of its name, without secrets', async () => {
  const state = await temporaryFolder();
  const audit = await open({ XDG_STATE_HOME: state });
  audit.record({
    event: 'run.started',
    runId: RUN,
    playbook: 'hunter22',
    source: { digest: 'd1' },
    time: 0,
  });
  audit.record({ event: 'run.stopping', cause: 'timeout', time: 1 });
  expect(await audit.close()).toBeUndefined();
  expect(await linesOf(path.join(state, 'ork/audit', `${RUN}.jsonl`))).toMatchObject([
    {
      seq: 1,
      event: 'run.started',
      actor: expect.stringMatching(/^user:|^uid:/),
      run: RUN,
      detail: { playbook: '***', sha256: 'd1' },
    },
    { seq: 2, event: 'run.stopping', detail: { cause: 'timeout' } },
  ]);
});

test('of the logs in that folder two hundred stay, with the new one', async () => {
  const state = await temporaryFolder();
  const folder = path.join(state, 'ork/audit');
  await mkdir(folder, { recursive: true });
  const old = Array.from(
    { length: 205 },
    (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}.jsonl`,
  );
  for (const [age, name] of old.entries()) {
    await writeFile(path.join(folder, name), '');
    await utimes(path.join(folder, name), age + 1, age + 1);
  }
  await (await open({ XDG_STATE_HOME: state })).close();
  const left = await readdir(folder);
  expect(left).toHaveLength(200);
  expect(left).toContain(`${RUN}.jsonl`);
  expect(left).not.toContain(old[5]);
  expect(left).toContain(old[6]);
});

describe('a log that cannot be begun', () => {
  test('is refused where a file is already', async () => {
    const file = path.join(await temporaryFolder(), 'audit.jsonl');
    await writeFile(file, 'mine');
    await expect(open({}, file)).rejects.toMatchObject({
      code: 'already-exists',
      reason: 'cli.audit-log-exists',
    });
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  test('is refused where nothing can be made', async () => {
    const file = path.join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(open({}, path.join(file, 'below/audit.jsonl'))).rejects.toMatchObject({
      code: 'resource-exhausted',
      reason: 'audit.unwritable',
      hint: expect.stringContaining('--audit-log'),
    });
  });
});
