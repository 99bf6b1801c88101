import type { Playbook, WorkloadName } from '../playbook/model.ts';
import { Channel, type ChannelStats } from '../streams/channel.ts';
import { FanOut } from '../streams/fan-out.ts';
import type { ModuleManifest } from '../types/manifest.ts';

export interface WorkloadStreams {
  inputs: { source: string; channel: Channel }[];
  outputs: { name: string; port: FanOut }[];
}

interface Connection {
  from: WorkloadName;
  port: string;
  to: WorkloadName;
  channel: Channel;
}

const NO_STREAMS: WorkloadStreams = { inputs: [], outputs: [] };

/** Every channel of a run, made before anything starts: one for each entry of `stream_inputs`. */
export class StreamWiring {
  readonly #connections: Connection[];
  readonly #streams = new Map<WorkloadName, WorkloadStreams>();

  constructor(playbook: Playbook, manifestOf: (module: string) => ModuleManifest) {
    this.#connections = playbook.workloads.flatMap((workload) => {
      const { bufferSize: records, bufferBytes: bytes } = workload.streamPolicy;
      return workload.streamInputs.map((source) => ({
        from: source.workload,
        port: source.port,
        to: workload.name,
        channel: new Channel({ records, bytes }),
      }));
    });
    const byConsumer = Map.groupBy(this.#connections, ({ to }) => to);
    const byProducer = Map.groupBy(this.#connections, ({ from }) => from);
    for (const { name, process } of playbook.workloads) {
      const ports = ['main', ...manifestOf(process.module).ports];
      this.#streams.set(name, {
        inputs: inputsFrom(byConsumer.get(name) ?? []),
        outputs: outputsTo(byProducer.get(name) ?? [], ports),
      });
    }
  }

  of(workload: WorkloadName): WorkloadStreams {
    return this.#streams.get(workload) ?? NO_STREAMS;
  }

  /** One entry for each channel, for progress and metrics. */
  stats(): { from: WorkloadName; to: WorkloadName; stats: ChannelStats }[] {
    return this.#connections.map(({ from, to, channel }) => ({ from, to, stats: channel.stats }));
  }
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
