import { randomInt } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** What the encodings of texts write in different ways. */
const SPECIAL = `"/é😀 +&'\\`;
/** A part of a canary of this length is a find: no chance makes one. */
const PART = 12;

/** A secret made to be looked for. */
export interface Canary {
  name: string;
  value: string;
  /** The part of it that encodings of texts leave as it is. */
  core: string;
}

export function makeCanary(name: string): Canary {
  const core = draw(ALPHABET, 36);
  return { name, value: `${core}${SPECIAL}`, core };
}

/** One that fits into a number. */
export function makeNumber(name: string): Canary {
  const core = `4${draw('0123456789', 14)}`;
  return { name, value: core, core };
}

/** One of several lines, as keys are. */
export function makeKey(name: string): Canary {
  const lines = Array.from({ length: 6 }, () => draw(ALPHABET, 64));
  const value = ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join(
    '\n',
  );
  return { name, value, core: lines[3] as string };
}

/** The names of the canaries that can be read in these bytes: plain, or in base64 or hex. */
export function canariesIn(bytes: Buffer | string, canaries: readonly Canary[]): string[] {
  const text = typeof bytes === 'string' ? bytes : bytes.toString('latin1');
  // Line breaks, escaped ones too, do not protect what is in base64 or hex.
  const joined = text.replace(/\\r|\\n|[\s:]/g, '');
  const upper = joined.toUpperCase();
  return canaries
    .filter(({ core }) => {
      const hex = Buffer.from(core).toString('hex').toUpperCase();
      return (
        parts(core).some((part) => joined.includes(part)) ||
        base64Forms(core).some((form) => joined.includes(form)) ||
        upper.includes(hex)
      );
    })
    .map(({ name }) => name);
}

/** The files below a folder in which a canary can be read, with its name. */
export async function canariesBelow(
  folder: string,
  canaries: readonly Canary[],
): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    const file = path.join(folder, name);
    const inName = canariesIn(name, canaries);
    const stats = await lstat(file).catch(() => undefined);
    const inside = stats?.isFile() ? canariesIn(await readFile(file), canaries) : [];
    found.push(...[...inName, ...inside].map((canary) => `${name}: ${canary}`));
  }
  return found;
}

function parts(core: string): string[] {
  return Array.from({ length: Math.max(1, core.length - PART + 1) }, (_, at) =>
    core.slice(at, at + PART),
  );
}

/** What does not depend on the bytes around it, at each of the three places in a group of three. */
function base64Forms(core: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(core)]);
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
    const from = before === 0 ? 0 : 4;
    return [whole.toString('base64').slice(from), whole.toString('base64url').slice(from)];
  });
}

function draw(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
