import { OrkError } from '../types/errors.ts';
import { startTimer } from '../types/long-timer.ts';
import type { Channel } from './channel.ts';

/**
 * Waits until one of the channels is readable: its index, the first of several. Undefined when `wait`
 * milliseconds ran out. Rejects with `canceled` when `signal` fires.
 */
export function selectReadable(
  channels: Channel[],
  signal: AbortSignal,
  wait: number | undefined,
): Promise<number | undefined> {
  const ready = channels.findIndex((channel) => channel.readable);
  if (ready !== -1) return Promise.resolve(ready);
  if (signal.aborted) return Promise.reject(canceled());
  return new Promise((resolve, reject) => {
    const releases: (() => void)[] = [];
    const settle = (finish: () => void): void => {
      for (const release of releases) release();
      finish();
    };
    const abort = (): void => settle(() => reject(canceled()));
    signal.addEventListener('abort', abort, { once: true });
    releases.push(() => signal.removeEventListener('abort', abort));
    if (wait !== undefined) {
      releases.push(startTimer(wait, () => settle(() => resolve(undefined))));
    }
    for (const [index, channel] of channels.entries()) {
      releases.push(channel.onReadable(() => settle(() => resolve(index))));
    }
  });
}

function canceled(): OrkError {
  return new OrkError('canceled', 'the workload was stopped');
}
