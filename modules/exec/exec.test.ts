import { describe, expect, it } from 'vitest';
import { createProcesses } from '../../sdk/typescript/guest/process.ts';
import { serve } from '../../sdk/typescript/guest/serve.ts';
import type { Failure, ProcessStatus, WireCommand } from '../../sdk/typescript/host.ts';
import type { JsonObject } from '../../sdk/typescript/index.ts';
import { invocation, MemoryHost, MemoryOutput } from '../../sdk/typescript/memory-host.ts';
import family from './index.ts';

const DEFAULTS = {
  args: [],
  env: {},
  secret_files: {},
  success_codes: [0],
  max_output: '1MiB',
  stream: 'none',
};

interface Program {
  stdout?: string[];
  stderr?: string;
  status?: ProcessStatus;
}

function run(params: JsonObject, program: Program = {}, dryRun = false) {
  const started: WireCommand[] = [];
  const encode = (text: string) => new TextEncoder().encode(text);
  const host = {
    spawn: (command: WireCommand) => {
      started.push(command);
      const chunks = [
        ...(program.stdout ?? []).map((text) => ({
          channel: 'stdout' as const,
          bytes: encode(text),
        })),
        { channel: 'stderr' as const, bytes: encode(program.stderr ?? '') },
      ];
      return {
        pid: () => 1,
        read: () => ({ chunks: chunks.splice(0, 1), ended: chunks.length === 0 }),
        writeStdin: () => 0,
        closeStdin: () => {},
        wait: () => program.status ?? { tag: 'exited' as const, val: 0 },
        kill: () => {},
      };
    },
  };
  const main = new MemoryOutput('main');
  const perform = serve(family, new MemoryHost(), { process: () => createProcesses(host) });
  const text = perform(invocation('exec', { ...DEFAULTS, ...params }, dryRun), [], [main]);
  return { summary: JSON.parse(text) as JsonObject, records: main.records, started };
}

function failureOf(params: JsonObject, program: Program) {
  try {
    run(params, program);
  } catch (thrown) {
    const failure = thrown as Failure;
    if (failure.tag === 'failed') return failure.val;
  }
  throw new Error('exec did not fail');
}

describe('exec', () => {
  it('runs a command, or a script with arguments', () => {
    const params = { command: 'git log', args: ['-n 1'], env: { A: 1, B: true }, cwd: '/x' };
    expect(run(params).started).toEqual([
      {
        program: 'git',
        arguments: ['log', '-n 1'],
        environment: [
          ['A', '1'],
          ['B', 'true'],
        ],
        directory: '/x',
        stdin: new Uint8Array(0),
        privateFiles: [],
      },
    ]);
    expect(run({ shell: 'echo "$1"', args: ['x y'] }).started).toMatchObject([
      { program: '/bin/sh', arguments: ['-c', 'echo "$1"', '/bin/sh', 'x y'] },
    ]);
  });

  it('hands secret files on to the program', () => {
    const params = { command: ['p'], secret_files: { 'api.key': 'hunter22' } };
    expect(run(params).started).toMatchObject([
      { privateFiles: [['api.key', new TextEncoder().encode('hunter22')]] },
    ]);
  });

  it('returns output and exit code', () => {
    const { summary } = run({ command: ['p'] }, { stdout: ['a', 'b'], stderr: 'e' });
    expect(summary).toEqual({
      exit_code: 0,
      signal: null,
      stdout: 'ab',
      stderr: 'e',
      truncated: false,
      duration_ms: 0,
    });
  });

  it('streams lines of stdout, the last one included', () => {
    const { records } = run(
      { command: ['p'], stream: 'lines' },
      { stdout: ['a\nb', 'c\nd'], stderr: 'e\n' },
    );
    expect(records.map(({ line }) => line)).toEqual(['a', 'bc', 'd']);
  });

  it('fails with its summary for another exit code or a signal', () => {
    const exited = { stderr: 'first\nlast words\n', status: { tag: 'exited', val: 2 } } as const;
    const failure = failureOf({ command: ['p'] }, exited);
    expect(failure.error).toMatchObject({
      code: 'other',
      reason: 'exec.exit-code',
      message: 'p exited with code 2: last words',
    });
    expect(JSON.parse(failure.summary ?? '')).toMatchObject({ exit_code: 2 });
    expect(run({ command: ['p'], success_codes: [0, 2] }, exited).summary).toMatchObject({
      exit_code: 2,
    });
    const signaled = { status: { tag: 'signaled', val: 'SIGKILL' } } as const;
    expect(failureOf({ shell: 'x' }, signaled).error).toMatchObject({
      reason: 'exec.signal',
      message: 'the shell script was ended by SIGKILL',
    });
  });

  it('runs nothing in a dry run', () => {
    const { started, summary } = run({ command: ['rm'] }, {}, true);
    expect(started).toEqual([]);
    expect(summary).toMatchObject({ exit_code: null, would_run: true });
  });

  it.each([{}, { command: ['a'], shell: 'b' }, { command: ' ' }, { command: [''] }])(
    'refuses %j',
    (params) => {
      expect(failureOf(params, {}).error.code).toBe('invalid-argument');
    },
  );
});
