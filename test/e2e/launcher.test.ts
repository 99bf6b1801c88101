import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FIXTURE = join(ROOT, 'test/fixtures/launcher/main.ts');
const PLATFORM_PACKAGE = `node-${process.platform}-${process.arch}`;

const withoutExecve = 'delete process.execve;';
const withoutJspi = 'delete WebAssembly.Suspending;';
/** Command lines of Nodes that cannot run the kernel themselves. */
const OLD_NODES: [name: string, command: string[]][] = [
  ['without execve', pretend(withoutJspi + withoutExecve)],
  ['with execve', pretend(withoutJspi)],
  ...findOldNode(),
];

let base: string;
let checkout: string;

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'ork-launcher-')));
  checkout = makeProject('checkout');
});
afterAll(() => rmSync(base, { recursive: true }));

function pretend(script: string): string[] {
  return [process.execPath, '--import', `data:text/javascript,${script}`];
}

function findOldNode(): [string, string[]][] {
  const candidates = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'));
  for (const node of candidates.filter((candidate) => existsSync(candidate))) {
    const { stdout } = spawnSync(node, [
      '-p',
      '[typeof WebAssembly.Suspending, process.version].join(" ")',
    ]);
    const [jspi, version] = String(stdout).trim().split(' ');
    if (jspi === 'undefined') return [[`${version}, the real one`, [node]]];
  }
  return [];
}

interface ProjectOptions {
  node?: boolean;
  sources?: boolean;
  compiled?: boolean;
}

/** A project with the real launcher and the fixture as its command. */
function makeProject(
  path: string,
  { node = true, sources = true, compiled = false }: ProjectOptions = {},
): string {
  const project = join(base, path);
  cpSync(join(ROOT, 'kernel/bin'), join(project, 'kernel/bin'), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(project, 'kernel/bin/fixture.js'),
    "import { launch } from './launch.js';\nawait launch('fixture');\n",
  );
  if (sources) cpSync(FIXTURE, join(project, 'kernel/cli/fixture.ts'));
  if (compiled) {
    mkdirSync(join(project, 'dist/kernel/cli'), { recursive: true });
    const code = stripTypeScriptTypes(readFileSync(FIXTURE, 'utf8'));
    writeFileSync(join(project, 'dist/kernel/cli/fixture.js'), code);
  }
  if (node) {
    mkdirSync(join(project, 'node_modules'), { recursive: true });
    symlinkSync(
      join(ROOT, 'node_modules', PLATFORM_PACKAGE),
      join(project, 'node_modules', PLATFORM_PACKAGE),
    );
  }
  return project;
}

function command(node: string[], script: string, args: string[]): [string, string[]] {
  const [program = '', ...options] = node;
  return [program, [...options, script, ...args]];
}

function runFixture(
  node: string[],
  args: string[],
  script = join(checkout, 'kernel/bin/fixture.js'),
  cwd = base,
) {
  const { status, signal, stdout, stderr } = spawnSync(...command(node, script, args), {
    encoding: 'utf8',
    cwd,
    env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
  });
  return { status, signal, stdout, stderr };
}

async function startFixture([program, args]: [string, string[]]) {
  const child: ChildProcess = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  if (child.stdout === null) throw new Error('no output to read');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => String((await lines.next()).value).trim();
  const ended = once(child, 'exit');
  const ready = await nextLine();
  return { child, pid: Number(ready.replace('ready ', '')), nextLine, ended };
}

describe.each(OLD_NODES)('started by a Node that is too old (%s)', (_name, node) => {
  test('runs under the Node that came along, with arguments and folder kept', () => {
    const { status, stdout, stderr } = runFixture(
      node,
      ['show', 'an argument'],
      undefined,
      tmpdir(),
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      argument: 'an argument',
      cwd: realpathSync(tmpdir()),
      env: [],
      jspi: true,
    });
  });

  test('is found through a chain of symlinks', () => {
    const links = mkdtempSync(join(base, 'links-'));
    symlinkSync(join(checkout, 'kernel/bin/fixture.js'), join(links, 'first'));
    symlinkSync('first', join(links, 'second'));
    expect(runFixture(node, ['exit', '5'], join(links, 'second'))).toMatchObject({
      status: 5,
      stderr: '',
    });
  });

  test('ends by the signal that ended the command', () => {
    expect(runFixture(node, ['die', 'SIGKILL'])).toMatchObject({ status: null, signal: 'SIGKILL' });
    expect(runFixture(node, ['die', 'SIGTERM'])).toMatchObject({ status: null, signal: 'SIGTERM' });
  });

  test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('passes %s on, once', async (signal) => {
    const script = join(checkout, 'kernel/bin/fixture.js');
    const { child, nextLine, ended } = await startFixture(command(node, script, ['count', signal]));
    child.kill(signal);
    expect(await nextLine()).toBe(`${signal} 1`);
    expect(await ended).toEqual([7, null]);
  });

  test('a Ctrl-C at a terminal arrives once', async () => {
    const script = join(checkout, 'kernel/bin/fixture.js');
    const words = [...node, script, 'count', 'SIGINT'].map((word) => `'${word}'`);
    // Some shells stay in front of a command, and die themselves of the Ctrl-C that it survives.
    const line = `exec ${words.join(' ')}`;
    const terminal: [string, string[]] = ['script', ['-qec', line, '/dev/null']];
    const { child, nextLine, ended } = await startFixture(terminal);
    child.stdin?.write('\x03');
    expect(await nextLine()).toMatch(/SIGINT 1$/);
    expect(await ended).toEqual([7, null]);
  });

  test('the command ends when its launcher is killed', async () => {
    const script = join(checkout, 'kernel/bin/fixture.js');
    const { child, pid, nextLine } = await startFixture(
      command(node, script, ['count', 'SIGTERM']),
    );
    child.kill('SIGKILL');
    if (pid !== child.pid) expect(await nextLine()).toBe('SIGTERM 1');
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 5_000 }).toBe(false);
  });

  test('says what to do when the Node that should have come along is missing', () => {
    const project = makeProject(`missing-${Math.random()}`, { node: false });
    const { status, stderr } = runFixture(node, ['show'], join(project, 'kernel/bin/fixture.js'));
    expect(status).toBe(2);
    expect(stderr).toMatch(/^fixture: this Node\.js \(v[\d.]+\) lacks WebAssembly JSPI/);
    expect(stderr).toContain(
      `the package ${PLATFORM_PACKAGE} that brings a newer one is not installed`,
    );
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('started by a Node that is new enough', () => {
  const node = [process.execPath];

  test('runs in the same process', async () => {
    const script = join(checkout, 'kernel/bin/fixture.js');
    const { child, pid, ended } = await startFixture(command(node, script, ['count', 'SIGTERM']));
    expect(pid).toBe(child.pid);
    child.kill();
    expect(await ended).toEqual([7, null]);
  });

  test('ends only when everything is written, however slow the reader', async () => {
    const script = join(checkout, 'kernel/bin/fixture.js');
    const child = spawn(...command(node, script, ['write', '1000000']), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    let length = 0;
    for await (const chunk of child.stdout) {
      length += (chunk as Buffer).length;
      await setTimeout(1);
    }
    expect(length).toBe(1_000_000);
    expect(await ended).toEqual([0, null]);
  });

  test('ends only when the timers are over that a command left', () => {
    expect(runFixture(node, ['linger', 'late'])).toMatchObject({ status: 0, stdout: 'late\n' });
  });

  test('runs the compiled command where there are no sources', () => {
    const project = makeProject('compiled', { sources: false, compiled: true });
    expect(runFixture(node, ['exit', '3'], join(project, 'kernel/bin/fixture.js')).status).toBe(3);
  });

  test('runs the compiled command when installed, where Node refuses to read TypeScript', () => {
    const project = makeProject('prefix/node_modules/ork', { compiled: true });
    expect(runFixture(node, ['exit', '3'], join(project, 'kernel/bin/fixture.js')).status).toBe(3);
  });

  test('says what to do when nothing is built', () => {
    const project = makeProject('unbuilt', { sources: false });
    const { status, stderr } = runFixture(node, ['show'], join(project, 'kernel/bin/fixture.js'));
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'fixture: it is not built; run: npm run build\n',
    });
  });
});

describe('ork-ctl', () => {
  test('says that it is not part of this version', () => {
    const { status, stderr } = runFixture(
      [process.execPath],
      ['list'],
      join(ROOT, 'kernel/bin/ork-ctl.js'),
    );
    expect(status).toBe(2);
    expect(stderr).toMatch(/^ork-ctl: not available in this version: the daemon/);
  });
});
