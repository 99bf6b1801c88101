import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type AuditHead, keyedSeal, plainSeal } from '../observability/audit/audit-chain.ts';
import { type ChainReport, verifyChain } from '../observability/audit/verify-chain.ts';
import { OrkError } from '../types/errors.ts';
import type { JsonObject } from '../types/json.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { readBounded } from './read-bounded.ts';
import type { Console } from './render/output.ts';
import { printable } from './render/printable.ts';

export interface AuditVerifyCommand {
  /** Oldest first. */
  files: string[];
  keyFile?: string;
  /** SEQ:HASH. */
  head?: string;
  output: 'text' | 'json';
}

const KEY_BYTES = 32;

/** `ork-admin audit verify`: whether a log is as it was written, and where not. */
export async function auditVerifyCommand(
  { files, keyFile, head, output }: AuditVerifyCommand,
  console: Console,
): Promise<ExitCode> {
  const seal = keyFile === undefined ? plainSeal : keyedSeal(await readKey(keyFile));
  const known = head === undefined ? {} : { head: parseHead(head) };
  for (const file of files) await checkReadable(file);
  const opened = files.map((name) => ({ name, pieces: piecesOf(name) }));
  const report = await verifyChain(opened, { seal, ...known });
  if (output === 'json') await console.out(`${JSON.stringify(toJson(report), null, 2)}\n`);
  else await tell(report, console);
  return report.problem === null ? EXIT.ok : EXIT.failed;
}

async function tell(report: ChainReport, console: Console): Promise<void> {
  const { lines, first, last, head, problem } = report;
  if (problem !== null) {
    console.err(`${printable(problem.file)}:${problem.line}: this line ${problem.message}\n`);
    console.err('verification failed\n');
    return;
  }
  const span = `seq ${first?.seq} to ${last?.seq}, ${first?.time} to ${last?.time}`;
  await console.out(
    `verification successful: ${lines} ${lines === 1 ? 'line' : 'lines'}\n` +
      `  ${printable(span)}\n` +
      `  ends with ${printable(last?.event ?? '')}\n` +
      `  head ${head.seq}:${head.hash}\n`,
  );
}

function toJson({ lines, first, last, head, problem }: ChainReport): JsonObject {
  return {
    verified: problem === null,
    lines,
    first: first === null ? null : { ...first },
    last: last === null ? null : { ...last },
    head: { ...head },
    problem: problem === null ? null : { ...problem },
  };
}

/** Every file is looked for before the first is read: a wrong name is wrong usage, not a broken log. */
async function checkReadable(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) return;
  const why = found === undefined ? 'there is no such file' : 'it is a folder';
  throw new OrkError('not-found', `cannot read ${file}: ${why}`, {
    reason: 'cli.unreadable-file',
    hint: 'name the files of the log, oldest first',
  });
}

/** Opened when its turn comes. */
async function* piecesOf(file: string): AsyncGenerator<Buffer> {
  yield* createReadStream(file);
}

function parseHead(text: string): AuditHead {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash };
  throw usage(`'${text}' is no head of a log`, 'SEQ:HASH, as a verification prints it');
}

async function readKey(file: string): Promise<Buffer> {
  const text = (await readBounded(file, 1024, 'name the key that the log was made with')).trim();
  const key = Buffer.from(text, 'base64');
  if (key.length === KEY_BYTES && key.toString('base64') === text) return key;
  throw usage(`${file} holds no key`, `a key is ${KEY_BYTES} bytes in base64`);
}

function usage(message: string, hint: string): OrkError {
  return new OrkError('invalid-argument', message, { reason: 'cli.usage', hint });
}
