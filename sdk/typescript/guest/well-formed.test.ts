import { expect, test } from 'vitest';
import type { FilesHost, ProcessHost } from '../host.ts';
import { createFiles } from './files.ts';
import { createProcesses } from './process.ts';
import { wellFormed } from './well-formed.ts';

const HALF = '\ud83d';

test('half a surrogate pair becomes U+FFFD, and whole ones stay', () => {
  expect(wellFormed(`a${HALF}b\u{1f600}`)).toBe('a\ufffdb\u{1f600}');
});

test('neither a path nor a text with half a pair reaches the host', () => {
  const heard: unknown[] = [];
  const host = { writeTextAtomic: (...values: unknown[]) => void heard.push(...values) };
  createFiles(host as unknown as FilesHost).writeTextAtomic(HALF, `x${HALF}`);
  expect(heard).toEqual(['\ufffd', 'x\ufffd', undefined]);
});

test('neither a program nor its arguments, folder and environment', () => {
  const heard: unknown[] = [];
  const spawn = (command: unknown) => {
    heard.push(command);
    throw new Error('heard enough');
  };
  const processes = createProcesses({ spawn } as unknown as ProcessHost);
  const command = { program: HALF, arguments: [HALF], environment: { [HALF]: HALF } };
  expect(() => processes.spawn({ ...command, directory: HALF })).toThrow('heard enough');
  expect(heard).toMatchObject([
    {
      program: '\ufffd',
      arguments: ['\ufffd'],
      environment: [['\ufffd', '\ufffd']],
      directory: '\ufffd',
    },
  ]);
});
