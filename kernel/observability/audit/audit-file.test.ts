import { createReadStream } from 'node:fs';
import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/ork.ts';
import { plainSeal } from './audit-chain.ts';
import type { AuditEvent } from './audit-event.ts';
import { AuditFile } from './audit-file.ts';
import { AuditLog } from './audit-log.ts';
import { verifyChain } from './verify-chain.ts';

const started: AuditEvent = { event: 'workload.started', time: 0, workload: 'w', detail: {} };

const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;

function verifyFiles(files: string[]) {
  const opened = files.map((name) => ({ name, pieces: createReadStream(name) }));
  return verifyChain(opened, { seal: plainSeal });
}

describe('a new file', () => {
  test('is its owner’s alone, as are the folders made for it', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'ork/audit/run.jsonl');
    await (await AuditFile.create(file)).close();
    expect(await modeOf(file)).toBe(0o600);
    expect(await modeOf(path.join(folder, 'ork/audit'))).toBe(0o700);
    expect(await modeOf(path.join(folder, 'ork'))).toBe(0o700);
  });

  test('is never one that was there', async () => {
    const file = path.join(await temporaryFolder(), 'run.jsonl');
    await writeFile(file, 'text');
    await expect(AuditFile.create(file)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(file, 'utf8')).toBe('text');
  });

  test('holds what was recorded', async () => {
    const file = path.join(await temporaryFolder(), 'run.jsonl');
    const log = new AuditLog(await AuditFile.create(file), { actor: 'user:me' });
    for (let index = 0; index < 20; index++) log.record(started);
    const head = await log.close();
    expect(await verifyFiles([file])).toMatchObject({ lines: 20, head, problem: null });
  });
});

describe('a file that has become large', () => {
  test('is set aside, and the chain goes on in a new one', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'run.jsonl');
    const log = new AuditLog(await AuditFile.create(file, { maxBytes: 1000 }), { actor: 'me' });
    for (let index = 0; index < 12; index++) {
      log.record(started);
      await log.flush();
    }
    const head = await log.close();
    const names = (await readdir(folder)).sort();
    expect(names).toEqual([
      'run.jsonl',
      'run.jsonl.000001',
      'run.jsonl.000002',
      'run.jsonl.000003',
    ]);
    const [last, ...aside] = names.map((name) => path.join(folder, name)) as [string, ...string[]];
    expect(await verifyFiles([...aside, last])).toMatchObject({ lines: 12, head, problem: null });
    for (const name of [last, ...aside]) expect(await modeOf(name)).toBe(0o600);
  });

  test('replaces nothing that has its name', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'run.jsonl');
    await writeFile(`${file}.000001`, 'other');
    const log = new AuditLog(await AuditFile.create(file, { maxBytes: 1 }), { actor: 'me' });
    for (let index = 0; index < 2; index++) {
      log.record(started);
      await log.flush();
    }
    await log.close();
    expect(await readFile(`${file}.000001`, 'utf8')).toBe('other');
    expect(await verifyFiles([`${file}.000002`, file])).toMatchObject({ lines: 2, problem: null });
  });
});

test('a device without space fails the log with what the system says', async () => {
  const full = await open('/dev/full', 'a');
  const log = new AuditLog(
    {
      append: (lines) => full.appendFile(lines),
      sync: async () => {},
      close: () => full.close(),
    },
    { actor: 'user:me' },
  );
  log.record(started);
  await expect(log.close()).rejects.toMatchObject({
    code: 'resource-exhausted',
    reason: 'audit.unwritable',
    message: expect.stringContaining('no space left on device'),
  });
});
