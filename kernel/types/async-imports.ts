/**
 * The functions of the module contract that can wait: the host answers them with a promise and the
 * guest's stack is suspended meanwhile. The rest must stay synchronous: a suspension costs 20 µs.
 */
const WAITING: Readonly<Record<string, readonly string[]>> = {
  clock: ['sleep'],
  service: ['ready'],
  streams: [
    '[method]input.read',
    '[method]input.read-block',
    '[method]output.write',
    '[method]output.write-block',
    'select',
  ],
  state: ['get', 'set'],
  expressions: ['[method]program.pump'],
  files: [
    '[method]file.read',
    '[method]file.write',
    '[method]file.seek',
    '[method]file.sync',
    'open',
    'read-text',
    'write-text-atomic',
    'stat',
    'read-directory',
    'make-directory',
    'copy',
    'rename',
    'remove',
    'set-mode',
    'sha256',
  ],
  process: [
    '[method]child.read',
    '[method]child.write-stdin',
    '[method]child.close-stdin',
    '[method]child.wait',
    '[method]child.kill',
    'spawn',
  ],
  connections: [
    '[static]listener.listen',
    '[method]listener.local',
    '[method]listener.accept',
    'open',
    'read',
    'read-until',
    'read-records',
    'write',
    'shutdown-write',
    'close',
  ],
  http: [
    'send',
    '[static]exchange.start',
    '[method]exchange.write',
    '[method]exchange.finish',
    '[method]exchange.read',
    'serve',
    'serve-from',
    'serve-listener',
    'next',
    'respond',
  ],
  sql: [
    '[method]cursor.columns',
    '[method]cursor.read',
    '[method]cursor.rows-affected',
    '[static]database.open',
    '[method]database.query',
  ],
  ssh: ['connect', 'execute', 'upload', 'remove'],
  signals: ['create'],
};

/** The version of the contract's package that components are built against. */
export const CONTRACT_VERSION = '1.0.0';

/** As jco's `asyncImports` wants them: `ork:module/files@1.0.0#open`. */
export const ASYNC_IMPORTS: readonly string[] = Object.entries(WAITING).flatMap(
  ([name, functions]) =>
    functions.map((function_) => `ork:module/${name}@${CONTRACT_VERSION}#${function_}`),
);

/** The exports that may wait. */
export const ASYNC_EXPORTS: readonly string[] = ['perform'];
