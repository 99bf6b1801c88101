import type { Playbook, Workload, WorkloadName } from '../playbook/model.ts';
import { effectiveManifest } from '../playbook/pipeline.ts';
import type { PressureState } from '../streams/back-pressure.ts';
import { Channel, type ChannelStats } from '../streams/channel.ts';
import { FanOut } from '../streams/fan-out.ts';
import type { ModuleManifest } from '../types/manifest.ts';

export interface WorkloadStreams {
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

interface Connection extends ChannelName {
  channel: Channel;
}

const NO_STREAMS: WorkloadStreams = { inputs: [], outputs: [] };

/** Every channel of a run, made before anything starts: one for each entry of `stream_inputs`. */
export class StreamWiring {
  readonly #connections: Connection[];
  readonly #streams = new Map<WorkloadName, WorkloadStreams>();

  constructor(
    playbook: Playbook,
    find: (module: string) => ModuleManifest | undefined,
    onPressure: (event: PressureEvent) => void = () => {},
  ) {
    this.#connections = playbook.workloads.flatMap((workload) =>
      connectionsInto(workload, onPressure),
    );
    const byConsumer = Map.groupBy(this.#connections, ({ to }) => to);
    const byProducer = Map.groupBy(this.#connections, ({ from }) => from);
    for (const { name, process } of playbook.workloads) {
      const ports = effectiveManifest(process.module, process.params, find)?.ports ?? [];
      this.#streams.set(name, {
        inputs: inputsFrom(byConsumer.get(name) ?? []),
        outputs: outputsTo(byProducer.get(name) ?? [], ['main', ...ports]),
      });
    }
  }

  of(workload: WorkloadName): WorkloadStreams {
    return this.#streams.get(workload) ?? NO_STREAMS;
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
  onPressure: (event: PressureEvent) => void,
): Connection[] {
  const { bufferSize: records, bufferBytes: bytes, overflow } = streamPolicy;
  return streamInputs.map(({ workload: from, port }) => {
    const channel: Channel = new Channel({
      records,
      bytes,
      overflow,
      onPressure: (state) => onPressure({ from, port, to, state, stats: channel.stats }),
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
