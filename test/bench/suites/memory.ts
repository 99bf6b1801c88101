import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { workerBelow } from '../../../kernel/sandbox/posture.ts';
import { Host } from '../host-api.ts';
import { type Aim, type Bench, makeRow, type Row, type Suite } from '../measure.ts';
import { memoryOf, type ProcessMemory } from '../memory.ts';
import { type Summary, summarize } from '../sampling.ts';

/** What a process still does after it said that it is ready. */
const SETTLE_MS = 500;
const IDLE = "process.stdout.write('ready'); setInterval(() => {}, 1e6)";
const AIM: Aim = { of: 'median', most: 25 };

type Kind = keyof ProcessMemory;

/** Idle workers beside idle Nodes; the sample of each is what one of the processes has. */
export const memory: Suite = {
  name: 'memory',
  async measure(bench: Bench): Promise<Row[]> {
    const rows: Row[] = [];
    for (const count of [1, bench.sizes.idleWorkers]) {
      const workers = await workersMemory(bench, count);
      const nodes = await nodesMemory(count);
      rows.push(
        row(count, 'private', workers, nodes, count > 1 ? AIM : undefined),
        row(count, 'proportional', workers, nodes),
      );
    }
    return rows;
  },
};

async function workersMemory(bench: Bench, count: number): Promise<ProcessMemory[]> {
  const host = new Host(bench.folder, bench.installation.from);
  try {
    const workers = await Promise.all(Array.from({ length: count }, () => host.startWorker()));
    await Promise.all(workers.map(({ ready }) => ready));
    await setTimeout(SETTLE_MS);
    return workers.map(({ pid }) => memoryOf(workerBelow(pid) ?? pid));
  } finally {
    await host.close();
  }
}

async function nodesMemory(count: number): Promise<ProcessMemory[]> {
  const nodes = await Promise.all(Array.from({ length: count }, idleNode));
  try {
    await setTimeout(SETTLE_MS);
    return nodes.map(({ pid }) => memoryOf(pid as number));
  } finally {
    for (const node of nodes) node.kill();
    await Promise.all(nodes.map((node) => once(node, 'exit')));
  }
}

async function idleNode(): Promise<ChildProcess> {
  const node = spawn(process.execPath, ['-e', IDLE], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(node.stdout, 'data');
  return node;
}

function row(
  count: number,
  kind: Kind,
  workers: ProcessMemory[],
  nodes: ProcessMemory[],
  aim?: Aim,
): Row {
  const of = (name: string, all: ProcessMemory[]): Summary =>
    summarize(
      name,
      all.map((one) => one[kind]),
    );
  const share = kind === 'private' ? 'private memory (USS)' : 'proportional memory (PSS)';
  const what = `${share} of an idle worker, ${count === 1 ? 'alone' : `one of ${count}`}`;
  const text = { id: `memory-${kind}-${count}`, what, unit: 'MB' } as const;
  return makeRow({ ...text, ...(aim && { aim }) }, of('ork', workers), [of('idle Node', nodes)]);
}
