import type { WorkloadName } from '../playbook/model.ts';
import type { ChannelStats } from '../streams/channel.ts';
import { findWaitCycle } from './stall.ts';
import type { ChannelName, StreamWiring } from './wiring.ts';

/** Nothing may have moved for so long before workloads are said to wait for each other. */
const STALL_CHECK_MS = 1_000;
const FILL_SAMPLE_MS = 10_000;

export interface StreamListener {
  /** These workloads wait for each other's streams, and would wait for ever. */
  onStall(cycle: WorkloadName[]): void;
  /** Records wait in a channel; called every ten seconds for each such channel. */
  onFill(channel: ChannelName & { stats: ChannelStats }): void;
}

/** Looks at the streams of a run from time to time, until the answer is called. */
export function watchStreams(
  wiring: Pick<StreamWiring, 'stats' | 'moved' | 'blockages'>,
  listener: StreamListener,
): () => void {
  if (wiring.stats().length === 0) return () => {};
  let before = -1;
  const stalls = setInterval(() => {
    const moved = wiring.moved();
    const cycle = moved === before ? findWaitCycle(wiring.blockages()) : undefined;
    before = moved;
    if (cycle !== undefined) listener.onStall(cycle);
  }, STALL_CHECK_MS);
  const samples = setInterval(() => {
    for (const channel of wiring.stats()) if (channel.stats.queued > 0) listener.onFill(channel);
  }, FILL_SAMPLE_MS);
  return () => {
    clearInterval(stalls);
    clearInterval(samples);
  };
}
