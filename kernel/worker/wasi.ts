/**
 * The few WASI 0.2 interfaces that QuickJS components import, with nothing behind them but clocks,
 * a random seed, and an error output that goes to the log: no environment, no arguments, no files.
 */
export function wasiImports(onStderr: (text: string) => void): Record<string, object> {
  return {
    'wasi:cli/environment': {
      getEnvironment: () => [],
      getArguments: () => [],
      initialCwd: () => undefined,
    },
    'wasi:cli/exit': {
      exit() {
        throw new Error('the module called exit');
      },
    },
    'wasi:cli/stdin': { getStdin: () => new InputStream() },
    'wasi:cli/stdout': { getStdout: () => new OutputStream(onStderr) },
    'wasi:cli/stderr': { getStderr: () => new OutputStream(onStderr) },
    'wasi:cli/terminal-input': { TerminalInput },
    'wasi:cli/terminal-output': { TerminalOutput },
    'wasi:cli/terminal-stdin': { getTerminalStdin: () => undefined },
    'wasi:cli/terminal-stdout': { getTerminalStdout: () => undefined },
    'wasi:cli/terminal-stderr': { getTerminalStderr: () => undefined },
    'wasi:clocks/monotonic-clock': {
      now: () => process.hrtime.bigint(),
      resolution: () => 1n,
      subscribeDuration: () => new Pollable(),
      subscribeInstant: () => new Pollable(),
    },
    'wasi:clocks/wall-clock': {
      now: wallClock,
      resolution: () => ({ seconds: 0n, nanoseconds: 1_000_000 }),
    },
    'wasi:filesystem/preopens': { getDirectories: () => [] },
    'wasi:filesystem/types': {
      Descriptor,
      DirectoryEntryStream,
      filesystemErrorCode: () => undefined,
    },
    'wasi:io/error': { Error: IoError },
    'wasi:io/poll': { Pollable, poll: () => new Uint32Array([0]) },
    'wasi:io/streams': { InputStream, OutputStream },
    'wasi:random/insecure-seed': { insecureSeed: seed },
    'wasi:random/random': {
      getRandomBytes: (length: bigint) => randomBytes(Math.min(Number(length), 65_536)),
      getRandomU64: () => randomBytes(8).readBigUInt64LE(),
    },
  };
}

class TerminalInput {}
class TerminalOutput {}
class IoError {}
class DirectoryEntryStream {}
class Descriptor {}

class Pollable {
  ready(): boolean {
    return true;
  }
  block(): void {}
}

class InputStream {
  read(): never {
    throw { tag: 'closed' };
  }
  blockingRead(): never {
    throw { tag: 'closed' };
  }
  subscribe(): Pollable {
    return new Pollable();
  }
}

class OutputStream {
  readonly #write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  checkWrite(): bigint {
    return 65_536n;
  }
  write(bytes: Uint8Array): void {
    this.#write(Buffer.from(bytes).toString('utf8'));
  }
  blockingWriteAndFlush(bytes: Uint8Array): void {
    this.write(bytes);
  }
  flush(): void {}
  blockingFlush(): void {}
  subscribe(): Pollable {
    return new Pollable();
  }
}

function wallClock(): { seconds: bigint; nanoseconds: number } {
  const now = Date.now();
  return { seconds: BigInt(Math.floor(now / 1000)), nanoseconds: (now % 1000) * 1_000_000 };
}

/** The contract calls it insecure: it seeds hash tables. */
function seed(): [bigint, bigint] {
  return [process.hrtime.bigint(), BigInt(Math.floor(Math.random() * Number.MAX_SAFE_INTEGER))];
}

function randomBytes(length: number): Buffer {
  return process.getBuiltinModule('node:crypto').randomBytes(length);
}
