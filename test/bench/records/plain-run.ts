/** The work of one case in plain Node: `node plain-run.ts CASE COUNT`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable, type Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { caseNamed, type RecordCase } from './cases.ts';
import { CountingSink } from './counting-sink.ts';
import { lineStage } from './line-stage.ts';
import { type Outcome, readArguments, tell } from './outcome.ts';
import { BLOCK_RECORDS, blocksOf } from './source.ts';

const STAGE = fileURLToPath(new URL('plain-stage.ts', import.meta.url));

async function inOneProcess(of: RecordCase, count: number): Promise<Outcome> {
  await throughTransforms(of, BLOCK_RECORDS);
  const start = performance.now();
  const { records, bytes } = await throughTransforms(of, count);
  return { records, bytes, milliseconds: performance.now() - start };
}

async function throughTransforms({ stages }: RecordCase, count: number): Promise<CountingSink> {
  const sink = new CountingSink();
  const transforms = stages.flatMap(({ plain }): Transform[] => (plain ? [lineStage(plain)] : []));
  const source = Readable.from(bytesOf(count), { objectMode: false });
  await pipeline([source, ...transforms, sink]);
  return sink;
}

/** As a shell does it: `stage 0 | stage 1`, each a process of its own. */
async function throughPipes({ name, stages }: RecordCase, count: number): Promise<Outcome> {
  const line = stages.map((_, index) => `"$1" "$2" "$3" ${index}`).join(' | ');
  const child = spawn('sh', ['-c', line, 'sh', process.execPath, STAGE, name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const sink = new CountingSink();
  const ended = pipeline(child.stdout, sink);
  const warm = sink.arrived(BLOCK_RECORDS);
  await send(child.stdin, BLOCK_RECORDS);
  await warm;
  const before = { records: sink.records, bytes: sink.bytes };
  const start = performance.now();
  await send(child.stdin, count);
  child.stdin.end();
  await ended;
  return {
    records: sink.records - before.records,
    bytes: sink.bytes - before.bytes,
    milliseconds: performance.now() - start,
  };
}

async function send(to: Writable, count: number): Promise<void> {
  for (const bytes of bytesOf(count)) if (!to.write(bytes)) await once(to, 'drain');
}

function* bytesOf(count: number): Generator<Uint8Array> {
  for (const { bytes } of blocksOf(count)) yield bytes;
}

const { name, count } = readArguments();
const chosen = caseNamed(name);
await tell(await (chosen.plain === 'pipes' ? throughPipes : inOneProcess)(chosen, count));
