import type { Playbook, Workload, WorkloadName } from '../playbook/model.ts';
import { effectiveManifest } from '../playbook/pipeline.ts';
import type { PressureState } from '../streams/back-pressure.ts';
import { Channel, type ChannelStats } from '../streams/channel.ts';
import { FanOut } from '../streams/fan-out.ts';
import type { StreamWait } from '../streams/stream-wait.ts';
import type { ModuleManifest } from '../types/manifest.ts';

export interface WorkloadStreams {
  /** What the workload's calls wait for at the moment. */
  waits: Set<StreamWait>;
  inputs: { source: string; channel: Channel }[];
  outputs: { name: string; port: FanOut }[];
}

/** Which channel: from a port of one workload to another workload. */
export interface ChannelName {
  from: WorkloadName;
  /** `main`, or a port of the producing module. */
  port: string;
  to: WorkloadName;
}

/** A channel came under pressure, or got room again. */
export interface PressureEvent extends ChannelName {
  state: PressureState;
  stats: ChannelStats;
}

/** Hears of the channels of a run. */
export interface ChannelListener {
  onPressure?(event: PressureEvent): void;
  /** The stream has ended and its consumer has left: what the channel has seen, and how full it was at the end. */
  onOver?(channel: ChannelName & { stats: ChannelStats }): void;
}

/** A workload waits until one of these others writes to it, or until all of them have read from it. */
export interface Blockage {
  until: 'one moves' | 'all move';
  others: WorkloadName[];
}

interface Connection extends ChannelName {
  channel: Channel;
}

const NO_STREAMS: WorkloadStreams = { waits: new Set(), inputs: [], outputs: [] };

/** Every channel of a run, made before anything starts: one for each entry of `stream_inputs`. */
export class StreamWiring {
  readonly #connections: Connection[];
  readonly #streams = new Map<WorkloadName, WorkloadStreams>();

  constructor(
    playbook: Playbook,
    find: (module: string) => ModuleManifest | undefined,
    listener: ChannelListener = {},
  ) {
    this.#connections = playbook.workloads.flatMap((workload) =>
      connectionsInto(workload, listener),
    );
    const byConsumer = Map.groupBy(this.#connections, ({ to }) => to);
    const byProducer = Map.groupBy(this.#connections, ({ from }) => from);
    for (const { name, process } of playbook.workloads) {
      const ports = effectiveManifest(process.module, process.params, find)?.ports ?? [];
      this.#streams.set(name, {
        waits: new Set(),
        inputs: inputsFrom(byConsumer.get(name) ?? []),
        outputs: outputsTo(byProducer.get(name) ?? [], ['main', ...ports]),
      });
    }
  }

  of(workload: WorkloadName): WorkloadStreams {
    return this.#streams.get(workload) ?? NO_STREAMS;
  }

  /** For each workload that waits for others without a bound, which ones; those that do not wait are left out. */
  blockages(): Map<WorkloadName, Blockage[]> {
    const blocked = new Map<WorkloadName, Blockage[]>();
    for (const [name, { waits }] of this.#streams) {
      if (waits.size > 0)
        blocked.set(
          name,
          Array.from(waits, (wait) => this.#blockageOf(name, wait)),
        );
    }
    return blocked;
  }

  /** Counts up whenever a record goes in or out of any channel. */
  moved(): number {
    return this.#connections.reduce(
      (sum, { channel: { stats } }) => sum + stats.written + stats.read,
      0,
    );
  }

  #blockageOf(name: WorkloadName, wait: StreamWait): Blockage {
    const own = this.of(name);
    if (wait.kind === 'read') {
      const channels = wait.inputs.map((input) => own.inputs[input]?.channel);
      const silent = this.#connections.filter(({ channel }) => channels.includes(channel));
      return { until: 'one moves', others: silent.map(({ from }) => from) };
    }
    const port = own.outputs[wait.output]?.name;
    const full = this.#connections.filter(
      (connection) =>
        connection.from === name && connection.port === port && connection.channel.congested,
    );
    return { until: 'all move', others: full.map(({ to }) => to) };
  }

  /** One entry for each channel, for progress and metrics. */
  stats(): (ChannelName & { stats: ChannelStats })[] {
    return this.#connections.map(({ from, port, to, channel }) => ({
      from,
      port,
      to,
      stats: channel.stats,
    }));
  }
}

function connectionsInto(
  { name: to, streamInputs, streamPolicy }: Workload,
  { onPressure, onOver }: ChannelListener,
): Connection[] {
  const { bufferSize: records, bufferBytes: bytes, overflow } = streamPolicy;
  return streamInputs.map(({ workload: from, port }) => {
    const channel: Channel = new Channel({
      records,
      bytes,
      overflow,
      onPressure: (state) => onPressure?.({ from, port, to, state, stats: channel.stats }),
      onOver: (stats) => onOver?.({ from, port, to, stats }),
    });
    return { from, port, to, channel };
  });
}

function inputsFrom(connections: Connection[]): WorkloadStreams['inputs'] {
  return connections.map(({ from, port, channel }) => ({
    source: port === 'main' ? from : `${from}.${port}`,
    channel,
  }));
}

function outputsTo(connections: Connection[], ports: string[]): WorkloadStreams['outputs'] {
  return ports.map((name) => {
    const channels = connections.filter(({ port }) => port === name).map(({ channel }) => channel);
    return { name, port: new FanOut(channels) };
  });
}
