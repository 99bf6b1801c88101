import { didYouMean } from '../expressions/nearest.ts';
import type { ModuleManifest } from '../types/manifest.ts';
import { findUpstream } from './check-names.ts';
import { type Checking, manifestOf, type TracedEdge } from './checking.ts';
import type { DraftWorkload, ListedName } from './draft.ts';
import { asWorkloadName } from './names.ts';
import { streamIsOn, streamSetting } from './pipeline.ts';

/** The port that a module writes to when nothing else is said. */
const MAIN_PORT = 'main';

/** Splits an entry of `stream_inputs`, `NAME` or `NAME.port`. */
export function splitStreamInput(text: string): { workload: string; port: string } {
  const dot = text.indexOf('.');
  return dot < 0
    ? { workload: text, port: MAIN_PORT }
    : { workload: text.slice(0, dot), port: text.slice(dot + 1) };
}

/** Resolves `stream_inputs` against the modules' roles and ports, and warns of streams nobody reads. */
export function streamEdges(checking: Checking): TracedEdge[] {
  const edges = checking.draft.workloads.flatMap((workload) => inputsOf(workload, checking));
  const reads = checking.draft.workloads.flatMap(readsOf);
  warnUnread(reads, checking);
  warnUnreadRejects(reads, checking);
  warnStarved(checking);
  return edges;
}

/** Resolves the `source` of event_driven workloads. */
export function sourceEdges(checking: Checking): TracedEdge[] {
  return checking.draft.workloads.flatMap((workload) => {
    if (workload.source === undefined || workload.policy !== 'event_driven') return [];
    return inputEdge(workload.source, workload, checking, 'trigger');
  });
}

function inputsOf(workload: DraftWorkload, checking: Checking): TracedEdge[] {
  // What starts a run reads no stream of another one; `checkLifecycles` says so.
  if (workload.policy === 'event_driven' || workload.policy === 'scheduled') return [];
  if (workload.streamInputs.length > 0) checkConsumer(workload, checking);
  const seen = new Set<string>();
  return workload.streamInputs.flatMap((listed) => {
    const { workload: name, port } = splitStreamInput(listed.text);
    const key = `${name}.${port}`;
    if (seen.has(key)) {
      const position = checking.loaded.map.valuePosition(listed.path);
      checking.problems.error('stream.duplicate', `'${listed.text}' is listed twice`, position);
      return [];
    }
    seen.add(key);
    return inputEdge(listed, workload, checking);
  });
}

function inputEdge(
  listed: ListedName,
  workload: DraftWorkload,
  checking: Checking,
  kind: 'stream' | 'trigger' = 'stream',
): TracedEdge[] {
  const { workload: name, port } = splitStreamInput(listed.text);
  const producer = findUpstream(listed, name, workload, checking);
  if (producer === undefined) return [];
  const manifest = manifestOf(producer, checking);
  if (manifest !== undefined) checkProducer(listed, producer, port, manifest, checking);
  return [
    {
      from: asWorkloadName(producer.name),
      to: asWorkloadName(workload.name),
      kind,
      port,
      position: checking.loaded.map.valuePosition(listed.path),
    },
  ];
}

function checkConsumer(workload: DraftWorkload, checking: Checking): void {
  const manifest = manifestOf(workload, checking);
  if (manifest === undefined || manifest.stream === 'consumer' || manifest.stream === 'transform') {
    return;
  }
  const message = `${manifest.name} does not take a stream`;
  const position = checking.loaded.map.keyPosition([...workload.path, 'stream_inputs']);
  checking.problems.error('stream.not-a-consumer', message, position);
}

function checkProducer(
  { path }: ListedName,
  producer: DraftWorkload,
  port: string,
  manifest: ModuleManifest,
  { loaded, problems }: Checking,
): void {
  const position = loaded.map.valuePosition(path);
  const { name } = producer;
  const writes = manifest.stream === 'producer' || manifest.stream === 'transform';
  // The steps of a pipeline may reject records although the last one writes none.
  if (!writes && !manifest.ports.includes(port)) {
    const message = `'${name}' is ${manifest.name}, which does not produce a stream`;
    problems.error('stream.not-a-producer', message, position);
    return;
  }
  const ports = [MAIN_PORT, ...manifest.ports];
  if (ports.includes(port)) {
    if (port !== MAIN_PORT || streamIsOn(manifest, producer.params)) return;
    const off = streamSetting(manifest, producer.params) === false;
    const message = `'${name}' produces no stream: its param \`stream\` is ${off ? 'false' : "'none'"}`;
    const hint = `set it, e.g. stream: ${off ? 'true' : 'lines'}`;
    problems.error('stream.off', message, position, hint);
    return;
  }
  const hint = didYouMean(port, ports) ?? `it has: ${ports.join(', ')}`;
  problems.error('stream.unknown-port', `${manifest.name} has no port '${port}'`, position, hint);
}

/** Who is read, and by which port. */
interface Read {
  from: string;
  port: string;
}

/** As it is written: what is wrong with it has been reported, and nobody is unread for that. */
function readsOf({ streamInputs, source }: DraftWorkload): Read[] {
  const listed = source === undefined ? streamInputs : [...streamInputs, source];
  return listed.map(({ text }) => {
    const { workload, port } = splitStreamInput(text);
    return { from: workload, port };
  });
}

/** A producer that nobody reads, and a transform that is fed for nothing. */
function warnUnread(reads: Read[], checking: Checking): void {
  const ports = Map.groupBy(reads, ({ from }) => from);
  for (const workload of checking.draft.workloads) {
    const manifest = manifestOf(workload, checking);
    if (manifest === undefined) continue;
    // A port that does not exist is likely to be misspelled.
    const read = ports.get(workload.name)?.some(({ port }) => !manifest.ports.includes(port));
    if (read === true) continue;
    const fed = manifest.stream === 'transform' && workload.streamInputs.length > 0;
    if (manifest.stream !== 'producer' && !fed) continue;
    if (!streamIsOn(manifest, workload.params)) continue;
    const message = `nobody reads the stream of '${workload.name}': its records are counted and dropped`;
    const hint = `consume it with stream_inputs: [${workload.name}]`;
    const position = checking.loaded.map.valuePosition([...workload.path, 'process', 'module']);
    checking.problems.warning('stream.unread', message, position, hint);
  }
}

/** Records that `on_error: dead_letter` sets aside are lost when nobody takes them. */
function warnUnreadRejects(reads: Read[], checking: Checking): void {
  const rejects = reads.filter(({ port }) => port === 'dead_letter').map(({ from }) => from);
  const read = new Set(rejects);
  for (const { name, path, params } of checking.draft.workloads) {
    if (params['on_error'] !== 'dead_letter' || read.has(name)) continue;
    const message = `nobody reads what '${name}' rejects: those records are counted and dropped`;
    const hint = `consume it with stream_inputs: [${name}.dead_letter]`;
    const position = checking.loaded.map.valuePosition([...path, 'process', 'params', 'on_error']);
    checking.problems.warning('stream.unread', message, position, hint);
  }
}

function warnStarved(checking: Checking): void {
  for (const workload of checking.draft.workloads) {
    const manifest = manifestOf(workload, checking);
    if (manifest?.stream !== 'consumer' || workload.streamInputs.length > 0) continue;
    if (workload.policy === 'event_driven') continue;
    const message = `${manifest.name} reads a stream, and '${workload.name}' has none`;
    const position = checking.loaded.map.valuePosition([...workload.path, 'process', 'module']);
    checking.problems.warning(
      'stream.missing',
      message,
      position,
      'name its producers in stream_inputs',
    );
  }
}
