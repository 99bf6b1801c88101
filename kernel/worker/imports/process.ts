import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Stats, statSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { OrkError } from '../../types/errors.ts';
import type { CallContext, CurrentCall } from '../call-context.ts';
import { HostError } from '../host-error.ts';
import { guarded, refuseInDryRun } from './guarded.ts';
import { type PrivateFile, writePrivateFiles } from './private-files.ts';

/** Output that waits for the guest; above it the program's pipe is paused. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** How long output is still collected after the program's end, when something it started holds the pipe. */
const LINGER_MS = 500;

/** The variable by which a program finds its private files. */
const PRIVATE_FOLDER = 'SECRETS_DIR';

type ChannelName = 'stdout' | 'stderr';

interface Command {
  program: string;
  arguments: string[];
  environment: [string, string][];
  directory: string | undefined;
  stdin: Uint8Array | undefined;
  privateFiles: PrivateFile[];
}

interface Chunk {
  channel: ChannelName;
  bytes: Uint8Array;
}

type Status = { tag: 'exited'; val: number } | { tag: 'signaled'; val: string };

/** `process.child`: a running program in a process group of its own. */
class Child {
  readonly #child: ChildProcess;
  readonly #call: CallContext;
  readonly #status: Promise<Status>;
  #chunks: Chunk[] = [];
  #buffered = 0;
  #openPipes = 2;
  #linger: NodeJS.Timeout | undefined;
  #wake: (() => void) | undefined;

  constructor(child: ChildProcess, call: CallContext) {
    this.#child = child;
    this.#call = call;
    this.#status = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        resolve(
          signal === null ? { tag: 'exited', val: code ?? 0 } : { tag: 'signaled', val: signal },
        );
        this.#lingerOn();
      });
    });
    this.#collect('stdout', child.stdout as Readable);
    this.#collect('stderr', child.stderr as Readable);
    child.stdin?.on('error', () => {});
  }

  pid(): number {
    return this.#child.pid as number;
  }

  read(wait: number | undefined): Promise<{ chunks: Chunk[]; ended: boolean }> {
    return guarded('reading output', async () => {
      if (this.#chunks.length === 0 && this.#openPipes > 0) await this.#waitForOutput(wait);
      const chunks = this.#chunks;
      this.#chunks = [];
      this.#buffered = 0;
      this.#child.stdout?.resume();
      this.#child.stderr?.resume();
      this.#lingerOn();
      return { chunks, ended: this.#openPipes === 0 };
    });
  }

  writeStdin(bytes: Uint8Array): Promise<number> {
    return guarded('writing to stdin', async () => {
      const { stdin } = this.#child;
      if (stdin === null || stdin.destroyed || stdin.writableEnded) throw stdinClosed();
      if (!stdin.write(bytes)) {
        await Promise.race([
          once(stdin, 'drain', { signal: this.#call.signal }),
          once(stdin, 'close'),
        ]);
      }
      if (stdin.destroyed) throw stdinClosed();
      return bytes.length;
    });
  }

  closeStdin(): Promise<void> {
    return guarded('closing stdin', async () => {
      this.#child.stdin?.end();
    });
  }

  wait(): Promise<Status> {
    return guarded('waiting', () => this.#status);
  }

  kill(signal: string): Promise<void> {
    return guarded('signalling', async () => {
      if (!/^SIG[A-Z0-9]{2,10}$/.test(signal)) {
        throw new OrkError('invalid-argument', `'${signal}' is no signal name`);
      }
      signalGroup(this.pid(), signal as NodeJS.Signals);
    });
  }

  #collect(channel: ChannelName, pipe: Readable): void {
    pipe.on('data', (bytes: Buffer) => {
      this.#chunks.push({ channel, bytes });
      this.#buffered += bytes.length;
      if (this.#buffered >= MAX_BUFFERED_BYTES) pipe.pause();
      this.#lingerOn();
      this.#wake?.();
    });
    pipe.on('error', () => {});
    pipe.once('close', () => {
      this.#openPipes--;
      this.#wake?.();
    });
  }

  /**
   * Gives up on the pipes of a program that has ended when nothing came for a while, because something
   * that it started holds them. Never while one is paused: what it said last is still in there.
   */
  #lingerOn(): void {
    const { exitCode, signalCode } = this.#child;
    clearTimeout(this.#linger);
    if (exitCode === null && signalCode === null) return;
    if (this.#buffered >= MAX_BUFFERED_BYTES) return;
    this.#linger = setTimeout(() => this.#endPipes(), LINGER_MS).unref();
  }

  #endPipes(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  /** Not ended by a stop: the program is told to end then, and what it still says is kept. */
  #waitForOutput(wait: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = wait === undefined ? undefined : setTimeout(settle, wait);
      this.#wake = settle;
    });
  }
}

/** `ork:module/process`: programs, started beside the worker, ended with the call. */
export function processImports(current: CurrentCall): object {
  return {
    Child,
    spawn: (command: Command): Promise<Child> =>
      guarded(`starting ${command.program}`, async () => {
        const call = current();
        refuseInDryRun(call.dryRun, `starting ${command.program}`);
        const directory = path.resolve(call.paths.workspace, command.directory ?? '.');
        const child = await start(command, environmentOf(command, call), directory);
        const pid = child.pid as number;
        stopWithCall(child, pid, call);
        if (command.stdin !== undefined) child.stdin?.end(command.stdin);
        return new Child(child, call);
      }),
  };
}

function environmentOf(
  { environment, privateFiles }: Command,
  call: CallContext,
): NodeJS.ProcessEnv {
  const variables = { ...process.env, ...Object.fromEntries(environment) };
  if (privateFiles.length === 0) return variables;
  return { ...variables, [PRIVATE_FOLDER]: writePrivateFiles(privateFiles, call) };
}

async function start(command: Command, env: NodeJS.ProcessEnv, cwd: string): Promise<ChildProcess> {
  try {
    const child = spawn(command.program, command.arguments, {
      cwd,
      env,
      // An empty input needs no pipe.
      stdio: [command.stdin?.length === 0 ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    await once(child, 'spawn');
    return child;
  } catch (error) {
    // The folder and the program fail alike.
    requireDirectory(cwd);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new HostError({
      code: 'not-found',
      reason: 'process.not-found',
      message: `there is no program '${command.program}'`,
      hint:
        'check the spelling, and the PATH; a program outside of /usr is to be granted, with its folder: ' +
        'security_context: { filesystem: { read: ["/opt/tool"] } }',
    });
  }
}

function requireDirectory(directory: string): void {
  const stats = statsOf(directory);
  if (stats?.isDirectory()) return;
  const what = stats === undefined ? 'there is no folder' : 'not a folder:';
  throw new OrkError('failed-precondition', `${what} ${directory}`, {
    reason: 'process.no-directory',
    hint: 'programs start in the workspace, or in the folder that `cwd` names',
  });
}

function statsOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

/** SIGTERM when the call is stopped, SIGKILL half its grace later, and no survivor of the call itself. */
function stopWithCall(child: ChildProcess, pid: number, call: CallContext): void {
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    signalGroup(pid, 'SIGTERM');
    killTimer = setTimeout(() => signalGroup(pid, 'SIGKILL'), call.grace() / 2);
  };
  if (call.signal.aborted) stop();
  else call.signal.addEventListener('abort', stop, { once: true });
  call.onEnd(() => {
    clearTimeout(killTimer);
    call.signal.removeEventListener('abort', stop);
    signalGroup(pid, 'SIGKILL');
    child.unref();
  });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing of the group is left.
  }
}

function stdinClosed(): OrkError {
  return new OrkError('closed', 'the program has closed its standard input');
}
