import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProgram, compileWords, defaultRules, seal } from '../support/native-programs.ts';
import { checkout } from '../support/ork.ts';

const NOBODY = 65534;
const EPERM = 1;
const ENOSYS = 38;
const NOT_SEALED = 72;
const WORKER_LIKE = path.join(checkout, 'test/sandbox/worker-like.mjs');
const works = { thread: 42, suspended: 42, file: true, program: 0, variables: [] };

const PRINT_MODE = `console.log(
  /^Seccomp:\\s*(\\d)/m.exec(require('fs').readFileSync('/proc/self/status', 'latin1'))[1],
)`;

/** What a module that may start programs is likely to start. */
const PROGRAMS = [
  { program: 'sh', args: ['-c', 'echo b a | tr " " "\\n" | sort; (sleep 0 & wait)'] },
  { program: 'gcc', args: ['-x', 'c', '-S', '-o', '-', '/dev/null'] },
  { program: 'make', args: ['-j2', '-f', '/dev/null', '--version'] },
  { program: 'tar', args: ['-cf', '/dev/null', 'package.json', 'kernel/types'] },
  { program: 'git', args: ['--no-pager', 'log', '-1', '--format=%h'] },
  { program: 'perl', args: ['-e', 'use IO::Socket; fork or exit; wait; exit system("true")'] },
  { program: 'ssh', args: ['-V'] },
  {
    program: 'python3',
    args: [
      '-c',
      `import multiprocessing, socket, subprocess, ssl, threading
socket.socketpair()
threading.Thread(target=print).start()
with multiprocessing.Pool(2) as pool: print(pool.map(abs, [-1]))
subprocess.run(["true"], check=True)`,
    ],
  },
];

/** Run by the other process: it starts the worker, since a parent is what a hardened host still lets look. */
const READS_ITS_CHILD = `
const fs = require('fs');
const child = require('child_process').spawn(process.execPath, ['-e', 'console.log(1); setInterval(String, 1e6)'], {
  env: JSON.parse(process.argv[1]), stdio: ['ignore', 'pipe', 'inherit'],
});
const look = (file) => {
  try { fs.closeSync(fs.openSync('/proc/' + child.pid + '/' + file)); return 'read'; } catch (error) { return error.code; }
};
child.stdout.once('data', () => {
  console.log(JSON.stringify({ mem: look('mem'), environ: look('environ') }));
  child.kill('SIGKILL');
});`;

let folder: string;
let filtered: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ork-seal-'));
  filtered = buildProgram(
    path.join(checkout, 'test/sandbox/filtered.c'),
    path.join(folder, 'filtered'),
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('a sealed Node', () => {
  test('that may start programs works as any', () => {
    expect(told(node([WORKER_LIKE], sealed('programs')))).toEqual(works);
  });

  test('that may not has threads, WebAssembly and suspended calls, and starts no program', () => {
    expect(told(node([WORKER_LIKE], sealed('none')))).toEqual({ ...works, program: 'EPERM' });
  });

  test('has the seal where the other one has none', () => {
    expect(told(node([WORKER_LIKE], {}))).toEqual(works);
    expect(modeOf(node(['-e', PRINT_MODE], {}))).toBe(0);
    expect(modeOf(node(['-e', PRINT_MODE], sealed('programs')))).toBe(0);
    expect(modeOf(node(['-e', PRINT_MODE], sealed('none')))).toBe(2);
  });

  test('that may not has no other way either', () => {
    const source = path.join(checkout, 'test/sandbox/starts.c');
    const starts = buildProgram(source, path.join(folder, 'starts'), '-pthread');
    const run = (env: Record<string, string>) => spawnSync(starts, { env, encoding: 'utf8' });
    const ways = ['fork', 'old fork', 'vfork', 'clone3', 'spawn', 'execve', 'execveat'];
    const all = (error: number) => ways.map((way) => `${way} ${error}\n`).join('');
    expect(run({}).stdout).toBe(`thread 0\n${all(0)}`);
    expect(run(sealed('programs')).stdout).toBe(`thread 0\n${all(0)}`);
    // libc falls back from clone3, which is not there, to what is refused.
    const refused = all(EPERM).replace(`clone3 ${EPERM}`, `clone3 ${ENOSYS}`);
    expect(run(sealed('none')).stdout).toBe(`thread 0\n${refused}`);
  });

  test('does not start when the seal is told nothing, or something else', () => {
    for (const variables of [{}, { ORK_SEAL: '' }, { ORK_SEAL: 'None' }, { ORK_SEAL: 'none ' }]) {
      const { status, stdout, stderr } = node(['-p', '1'], { LD_PRELOAD: seal, ...variables });
      expect({ status, stdout, stderr }).toEqual({
        status: NOT_SEALED,
        stdout: '',
        stderr: 'ork-seal: ORK_SEAL is neither `programs` nor `none`\n',
      });
    }
  });

  test.each([
    ['prctl', 'programs', 'ork-seal: the memory of the worker cannot be closed to others\n'],
    ['seccomp', 'none', 'ork-seal: this kernel does not take the filter of system calls\n'],
  ] as const)('does not start where %s fails', (call, may, line) => {
    const filter = writeFilter([...defaultRules(), 'errno', '1', call]);
    const print = ['-p', '1'];
    const open = spawnSync(filtered, [filter, process.execPath, ...print], { encoding: 'utf8' });
    expect(open.stdout).toBe('1\n');
    const { status, stdout, stderr } = spawnSync(
      filtered,
      [filter, '/usr/bin/env', ...assignments(sealed(may)), process.execPath, ...print],
      { encoding: 'utf8' },
    );
    expect({ status, stdout, stderr }).toEqual({ status: NOT_SEALED, stdout: '', stderr: line });
  });
});

describe('the memory of a worker', () => {
  test.each([
    ['none', 'EACCES'],
    ['programs', 'EACCES'],
    ['unsealed', 'read'],
  ])('%s: for another process of the same user, %s', (may, expected) => {
    const variables = may === 'unsealed' ? {} : sealed(may);
    expect(readBySameUser(variables)).toEqual({ mem: expected, environ: expected });
  });
});

describe('under the default filter', () => {
  test('Node works, sealed or not', () => {
    const filter = writeFilter(defaultRules());
    const run = (variables: Record<string, string>) =>
      spawnSync(
        filtered,
        [filter, '/usr/bin/env', ...assignments(variables), process.execPath, WORKER_LIKE],
        { encoding: 'utf8' },
      );
    expect(told(run({}))).toEqual(works);
    expect(told(run(sealed('none')))).toEqual({ ...works, program: 'EPERM' });
  });

  // What is not installed here is said to be skipped.
  test.for(PROGRAMS)('$program works', ({ program, args }, { skip }) => {
    const open = spawnSync(program, args, { cwd: checkout, encoding: 'utf8' });
    if (open.error !== undefined) skip(`${program} is not installed`);
    const filter = writeFilter(defaultRules());
    const run = spawnSync(filtered, [filter, program, ...args], {
      cwd: checkout,
      encoding: 'utf8',
    });
    expect(open.status).toBe(0);
    expect({ status: run.status, stdout: run.stdout, stderr: run.stderr }).toEqual({
      status: 0,
      stdout: open.stdout,
      stderr: open.stderr,
    });
  });
});

function node(args: string[], variables: Record<string, string>): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, args, { encoding: 'utf8', env: variables });
}

/** As a user that is not root, who could look into everything. */
function readBySameUser(variables: Record<string, string>): unknown {
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const args = ['-e', READS_ITS_CHILD, JSON.stringify(variables)];
  return told(spawnSync(process.execPath, args, { encoding: 'utf8', cwd: '/', env: {}, ...user }));
}

function sealed(may: string): Record<string, string> {
  return { LD_PRELOAD: seal, ORK_SEAL: may };
}

function assignments(variables: Record<string, string>): string[] {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
}

function told({ status, stdout, stderr }: SpawnSyncReturns<string>): unknown {
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

function modeOf({ stdout }: SpawnSyncReturns<string>): number {
  return Number(stdout);
}

function writeFilter(rules: string[]): string {
  const { program, message } = compileWords(rules);
  if (message !== '') throw new Error(message);
  const file = path.join(folder, 'filter.bpf');
  writeFileSync(file, program);
  return file;
}
