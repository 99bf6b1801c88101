import type { AuditEntry } from './audit-event.ts';

/** Where a chain stands: its last line. */
export interface AuditHead {
  /** Counts from 1; 0 when there is no line yet. */
  seq: number;
  /** 64 hexadecimal digits. */
  hash: string;
}

/** Computes the hash of a line, as 64 hexadecimal digits. */
export type Seal = (text: string | Uint8Array) => string;

/** What the first line of a log follows. */
export const GENESIS: AuditHead = { seq: 0, hash: '0'.repeat(64) };

/** A longer line is not written, and not read. */
export const MAX_LINE_BYTES = 64 * 1024;

/** Without a key: shows mistakes and careless edits; who may write the file can make a new chain. */
export const plainSeal: Seal = (text) => cryptography().hash('sha256', text);

/** Only who has the key can make a chain, or tell whether one is genuine. */
export function keyedSeal(key: Uint8Array): Seal {
  return (text) => cryptography().createHmac('sha256', key).update(text).digest('hex');
}

/** Loaded at the first need: it takes longer than much of a start, in which there is nothing to seal yet. */
function cryptography(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}

/**
 * The line for an entry, and the head of the chain behind it. What is hashed is the line as it is written, up to
 * its hash: nobody has to agree on how JSON is written to check it.
 */
export function sealEntry(
  { event, time, actor, workload, run, detail }: AuditEntry,
  { seq, hash: prev }: AuditHead,
  seal: Seal,
): { line: string; head: AuditHead } {
  const next = seq + 1;
  const instant = new Date(time).toISOString();
  const named = { seq: next, time: instant, event, actor, workload, run, detail, prev };
  const open = JSON.stringify(named).slice(0, -1);
  const sealed = seal(`${open}}`);
  return { line: `${open},"hash":"${sealed}"}`, head: { seq: next, hash: sealed } };
}

const HASH_END = /^,"hash":"([0-9a-f]{64})"\}$/;
const HASH_END_BYTES = 75;
const CLOSING_BRACE = Buffer.from('}');

/** What a line says of itself: what was hashed, and the hash. Undefined for a line of another form. */
export function splitLine(line: Buffer): { sealed: Buffer; hash: string } | undefined {
  const end = line.subarray(-HASH_END_BYTES);
  const found = HASH_END.exec(end.toString('latin1'))?.[1];
  if (found === undefined) return undefined;
  return { sealed: Buffer.concat([line.subarray(0, -HASH_END_BYTES), CLOSING_BRACE]), hash: found };
}
