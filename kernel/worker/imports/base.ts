import { startTimer } from '../../types/long-timer.ts';
import type { CurrentCall } from '../call-context.ts';
import { canceled, guarded } from './guarded.ts';

const MAX_LOG_BYTES = 64 * 1024;
const MAX_ENTROPY_BYTES = 65_536;

type Level = 'debug' | 'info' | 'warn' | 'error';

/** `ork:module/log`: lines go to the kernel, which redacts and prints them. */
export function logImports(current: CurrentCall): object {
  return {
    write(level: Level, message: string, fields: string | undefined): void {
      const line = message.length > MAX_LOG_BYTES ? `${message.slice(0, MAX_LOG_BYTES)}…` : message;
      const kept = fields !== undefined && fields.length <= MAX_LOG_BYTES ? fields : null;
      const call = current();
      call.peer.notify('log', { call: call.id, level, message: line, fields: kept });
    },
  };
}

/** `ork:module/clock`. */
export function clockImports(current: CurrentCall): object {
  return {
    now: (): bigint => BigInt(Date.now()),
    sleep: (duration: number): Promise<void> =>
      guarded('sleep', () => sleepUnlessStopped(duration, current().signal)),
  };
}

/** `ork:module/entropy`. */
export function entropyImports(): object {
  return {
    bytes: (length: number): Uint8Array =>
      cryptography().randomFillSync(new Uint8Array(Math.min(length, MAX_ENTROPY_BYTES))),
  };
}

/** `ork:module/service`. */
export function serviceImports(current: CurrentCall): object {
  return {
    ready: (summary: string): Promise<void> =>
      guarded('ready', async () => {
        const call = current();
        await call.peer.request('service.ready', { call: call.id, summary: JSON.parse(summary) });
      }),
  };
}

/** Loaded at the first need: it is a large part of what Node would load at the start. */
function cryptography(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}

function sleepUnlessStopped(duration: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(canceled());
      return;
    }
    const stop = (): void => {
      cancel();
      reject(canceled());
    };
    const cancel = startTimer(duration, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}
