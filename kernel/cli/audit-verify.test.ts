import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/ork.ts';
import { keyedSeal, plainSeal, type Seal } from '../observability/audit/audit-chain.ts';
import { AuditFile } from '../observability/audit/audit-file.ts';
import { AuditLog } from '../observability/audit/audit-log.ts';
import { type AuditVerifyCommand, auditVerifyCommand } from './audit-verify.ts';
import type { Console } from './render/output.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

/** A log of so many lines: its file, and its head as the command takes it. */
async function logOf(lines: number, seal: Seal = plainSeal): Promise<[string, string]> {
  const file = path.join(folder, 'run.jsonl');
  const log = new AuditLog(await AuditFile.create(file), { actor: 'user:me', seal });
  for (let time = 1; time <= lines; time++) {
    log.record({ event: 'workload.started', time: time * 1000, workload: 'w', detail: {} });
  }
  const { seq, hash } = await log.close();
  return [file, `${seq}:${hash}`];
}

async function verify(command: Partial<AuditVerifyCommand>) {
  let [out, err] = ['', ''];
  const console = {
    out: async (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  } as Console;
  const code = await auditVerifyCommand({ files: [], output: 'text', ...command }, console);
  return { code, out, err };
}

describe('a log in order', () => {
  test('is told with its lines, its times and its head', async () => {
    const [file, head] = await logOf(3);
    expect(await verify({ files: [file] })).toEqual({
      code: 0,
      err: '',
      out: `verification successful: 3 lines
  seq 1 to 3, 1970-01-01T00:00:01.000Z to 1970-01-01T00:00:03.000Z
  ends with workload.started
  head ${head}
`,
    });
  });

  test('fits its head', async () => {
    const [file, head] = await logOf(2);
    expect(await verify({ files: [file], head })).toMatchObject({ code: 0 });
  });

  test('is told in JSON', async () => {
    const [file, head] = await logOf(1);
    const { code, out } = await verify({ files: [file], output: 'json' });
    const position = { seq: 1, time: '1970-01-01T00:00:01.000Z', event: 'workload.started' };
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      verified: true,
      lines: 1,
      first: position,
      last: position,
      head: { seq: 1, hash: head.slice(2) },
      problem: null,
    });
  });

  test('made with a key needs the key', async () => {
    const key = Buffer.alloc(32, 5);
    const keyFile = path.join(folder, 'key');
    await writeFile(keyFile, `${key.toString('base64')}\n`);
    const [file] = await logOf(2, keyedSeal(key));
    expect(await verify({ files: [file], keyFile })).toMatchObject({ code: 0 });
    expect(await verify({ files: [file] })).toMatchObject({
      code: 1,
      err: `${file}:1: this line was changed: its hash does not fit (or the log was made with another key)\nverification failed\n`,
    });
  });
});

describe('a log not in order', () => {
  test('is told with the file and the line', async () => {
    const [file] = await logOf(3);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('00:00:02', '00:00:42'));
    expect(await verify({ files: [file] })).toEqual({
      code: 1,
      out: '',
      err: `${file}:2: this line was changed: its hash does not fit\nverification failed\n`,
    });
    const { code, out } = await verify({ files: [file], output: 'json' });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      verified: false,
      lines: 1,
      problem: { file, line: 2, message: 'was changed: its hash does not fit' },
    });
  });

  test('may lack its tail', async () => {
    const [file, head] = await logOf(3);
    const lines = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, `${lines.slice(0, 2).join('\n')}\n`);
    expect(await verify({ files: [file], head })).toMatchObject({
      code: 1,
      err: expect.stringContaining('the lines up to seq 3 were cut off'),
    });
  });
});

describe('wrong usage', () => {
  test.each<[string, Partial<AuditVerifyCommand>, string]>([
    ['a file that is not there', { files: ['/nowhere/a.jsonl'] }, 'cli.unreadable-file'],
    ['a folder', { files: ['/'] }, 'cli.unreadable-file'],
    ['a head that is none', { head: '12' }, 'cli.usage'],
    ['a head with another hash', { head: `1:${'A'.repeat(64)}` }, 'cli.usage'],
    ['a key file that is not there', { keyFile: '/nowhere/key' }, 'cli.unreadable-file'],
  ])('%s', async (_, command, reason) => {
    await expect(verify(command)).rejects.toMatchObject({ reason });
  });

  test.each(['', 'short', Buffer.alloc(31).toString('base64'), '!'.repeat(44)])(
    'a key file with %j',
    async (text) => {
      const keyFile = path.join(folder, 'key');
      await writeFile(keyFile, text);
      await expect(verify({ keyFile })).rejects.toMatchObject({ reason: 'cli.usage' });
    },
  );
});
