import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StandardStream } from './standard-stream.ts';

let folder: string;
let descriptor: number | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ork-stream-'));
});
afterEach(() => {
  if (descriptor !== undefined) closeSync(descriptor);
  descriptor = undefined;
  rmSync(folder, { recursive: true });
});

function open(file: string, flags: string | number): number {
  descriptor = openSync(file, flags);
  return descriptor;
}

/** A stand-in for Node's stream of a descriptor, which notes what goes through it. */
function noted(fd: number, fail?: Error) {
  const texts: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      texts.push(chunk.toString());
      if (fail === undefined) writeSync(fd, chunk);
      done(fail);
    },
  });
  return { texts, open: () => stream as unknown as NodeJS.WriteStream };
}

it('short texts go directly, and what is long through the stream, in order', async () => {
  const file = path.join(folder, 'out');
  const fd = open(file, 'w');
  const { texts, open: opened } = noted(fd);
  const standard = new StandardStream(fd, opened);
  const long = 'x'.repeat(5000);
  for (const text of ['one ', 'zwö ', long, ' end']) await standard.write(text);
  expect(texts).toEqual([long, ' end']);
  expect(readFileSync(file, 'utf8')).toBe(`one zwö ${long} end`);
});

it('many short texts are a long one', async () => {
  const file = path.join(folder, 'out');
  const fd = open(file, 'w');
  const { texts, open: opened } = noted(fd);
  const standard = new StandardStream(fd, opened);
  for (const _ of Array(5)) await standard.write('x'.repeat(1000));
  expect(texts).toHaveLength(1);
  expect(readFileSync(file)).toHaveLength(5000);
});

it('a text that a full pipe does not take waits in the stream', async () => {
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const fd = open(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  expect(() => {
    for (;;) writeSync(fd, Buffer.alloc(4096));
  }).toThrow('EAGAIN');
  const texts: string[] = [];
  const waiting = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      texts.push(chunk.toString());
      done();
    },
  });
  await new StandardStream(fd, () => waiting as unknown as NodeJS.WriteStream).write('late');
  expect(texts).toEqual(['late']);
});

it('a text that cannot be written is told by the stream', async () => {
  const fd = open('/dev/full', 'w');
  const error = new Error('the disk is full');
  const { open: opened } = noted(fd, error);
  await expect(new StandardStream(fd, opened).write('text')).rejects.toBe(error);
});

it('is a terminal only where the descriptor is a device and the stream says so', () => {
  const file = open(path.join(folder, 'out'), 'w');
  const terminal = () => Object.assign(new Writable(), { isTTY: true }) as never;
  expect(new StandardStream(file, terminal).isTerminal).toBe(false);
  closeSync(file);
  const device = open('/dev/null', 'w');
  expect(new StandardStream(device, terminal).isTerminal).toBe(true);
  expect(new StandardStream(device, () => new Writable() as never).isTerminal).toBe(false);
});
