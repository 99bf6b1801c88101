import type { RunEvent, StopCause, WorkloadResult } from '../../engine/events.ts';
import type { Playbook, WorkloadName } from '../../playbook/model.ts';
import type { ChannelStats } from '../../streams/channel.ts';
import { formatElapsed } from './numbers.ts';
import type { Console } from './output.ts';
import { printable, printableLine } from './printable.ts';
import { logText, nameWidth, workloadLine } from './report-text.ts';
import { makeStyle, type Style } from './style.ts';
import { drawTree, type TreeNode } from './tree.ts';

/** Shows a run while it goes on, on standard error. */
export interface Progress {
  event(event: RunEvent): void;
  /** Leaves the terminal as it should be; nothing is shown afterwards. */
  stop(): void;
}

/** What is shown of a workload while it runs. */
interface Running {
  since: number;
  retries: number;
  ready: boolean;
  /** Of a loop. */
  items?: number;
  itemsDone?: number;
}

export type ChannelsView = () => { from: WorkloadName; stats: ChannelStats }[];

const FRAME_MS = 100;

/** A live tree in a terminal, plain lines elsewhere. */
export async function makeProgress(
  playbook: Playbook,
  console: Console,
  channels: ChannelsView,
): Promise<Progress> {
  const style = makeStyle(console.color);
  if (!console.interactive) return new PlainProgress(playbook, console, style);
  const { createLogUpdate } = await import('log-update');
  return new TreeProgress(playbook, console, style, channels, createLogUpdate(process.stderr));
}

/** One line when a workload has ended, and each log line as it comes. */
class PlainProgress implements Progress {
  readonly #console: Console;
  readonly #style: Style;
  readonly #width: number;

  constructor(playbook: Playbook, console: Console, style: Style) {
    this.#console = console;
    this.#style = style;
    this.#width = nameWidth(playbook.workloads.map(({ name }) => name));
  }

  event(event: RunEvent): void {
    const text = this.#textOf(event);
    if (text !== undefined) this.#console.err(`${text}\n`);
  }

  stop(): void {}

  #textOf(event: RunEvent): string | undefined {
    switch (event.event) {
      case 'workload.started':
        return this.#style.faint(`▸ ${event.workload}`);
      case 'workload.output':
        if (event.line.level === 'debug') return undefined;
        return logText(event.workload, event.line, this.#style);
      case 'workload.ready':
        return this.#style.faint(`● ${event.workload} is ready`);
      case 'workload.retrying':
        return retryText(event, this.#style);
      case 'run.stopping':
        return stoppingText(event, this.#style);
      case 'workload.finished':
        return workloadLine(event.workload, event.result, this.#width, this.#style);
      default:
        return undefined;
    }
  }
}

interface LogUpdate {
  (...lines: string[]): void;
  clear(): void;
  done(): void;
}

class TreeProgress implements Progress {
  readonly #playbook: Playbook;
  /** Those that have a line; the workloads of a playbook that one of them calls have none. */
  readonly #shown: ReadonlySet<WorkloadName>;
  readonly #console: Console;
  readonly #style: Style;
  readonly #channels: ChannelsView;
  readonly #screen: LogUpdate;
  readonly #timer: NodeJS.Timeout;
  readonly #startedAt = Date.now();
  readonly #running = new Map<WorkloadName, Running>();
  readonly #ended = new Map<WorkloadName, WorkloadResult>();
  #tick = 0;

  constructor(
    playbook: Playbook,
    console: Console,
    style: Style,
    channels: ChannelsView,
    screen: LogUpdate,
  ) {
    this.#playbook = playbook;
    this.#shown = new Set(playbook.workloads.map(({ name }) => name));
    this.#console = console;
    this.#style = style;
    this.#channels = channels;
    this.#screen = screen;
    this.#timer = setInterval(() => this.#draw(), FRAME_MS);
  }

  event(event: RunEvent): void {
    switch (event.event) {
      case 'workload.started':
        if (!this.#shown.has(event.workload)) return;
        this.#running.set(event.workload, { since: event.time, retries: 0, ready: false });
        return;
      case 'workload.ready':
        this.#change(event.workload, { ready: true });
        return;
      case 'workload.item':
        this.#change(event.workload, {
          items: event.items,
          itemsDone: this.#itemsDone(event.workload) + 1,
        });
        return;
      case 'workload.retrying':
        this.#change(event.workload, {
          retries: (this.#running.get(event.workload)?.retries ?? 0) + 1,
        });
        this.#print(retryText(event, this.#style));
        return;
      case 'run.stopping':
        this.#print(stoppingText(event, this.#style));
        return;
      case 'workload.finished':
        if (!this.#shown.has(event.workload)) return;
        this.#running.delete(event.workload);
        this.#ended.set(event.workload, event.result);
        return;
      case 'workload.output':
        if (event.line.level !== 'debug') {
          this.#print(logText(event.workload, event.line, this.#style));
        }
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#screen.clear();
    this.#screen.done();
  }

  #print(text: string): void {
    this.#screen.clear();
    this.#console.err(`${text}\n`);
  }

  #change(workload: WorkloadName, fields: Partial<Running>): void {
    const running = this.#running.get(workload);
    if (running !== undefined) this.#running.set(workload, { ...running, ...fields });
  }

  #itemsDone(workload: WorkloadName): number {
    return this.#running.get(workload)?.itemsDone ?? 0;
  }

  #draw(): void {
    const frame = {
      title: printable(this.#playbook.name),
      nodes: this.#nodes(),
      now: Date.now(),
      startedAt: this.#startedAt,
      tick: this.#tick++,
      columns: this.#console.columns(),
      rows: process.stderr.rows ?? 24,
    };
    this.#screen(drawTree(frame, this.#style).join('\n'));
  }

  #nodes(): TreeNode[] {
    const outgoing = Map.groupBy(this.#channels(), ({ from }) => from);
    return this.#playbook.workloads.map(({ name, streamInputs }) => ({
      name,
      sources: streamInputs.map(({ workload }) => workload),
      state: this.#stateOf(name, outgoing.get(name) ?? []),
    }));
  }

  #stateOf(name: WorkloadName, channels: { stats: ChannelStats }[]): TreeNode['state'] {
    const result = this.#ended.get(name);
    if (result !== undefined) return { kind: 'ended', result };
    const running = this.#running.get(name);
    if (running === undefined) return { kind: 'waiting' };
    return {
      kind: 'running',
      ...running,
      records: Math.max(0, ...channels.map(({ stats }) => stats.written)),
      fillRatio: Math.max(0, ...channels.map(({ stats }) => stats.fillRatio)),
    };
  }
}

type Told<E extends RunEvent['event']> = Extract<RunEvent, { event: E }>;

function retryText(event: Told<'workload.retrying'>, style: Style): string {
  const { workload, item, attempt, attempts, delayMs, error } = event;
  const who = item === undefined ? workload : `${workload}[${item}]`;
  const what = `attempt ${attempt} of ${attempts} failed: ${printableLine(error.message)}`;
  return style.warn(`↻ ${who}: ${what}; again in ${formatElapsed(delayMs)}`);
}

const STOP_TEXTS: Record<StopCause, string> = {
  interrupted: 'stopping: interrupted',
  timeout: 'stopping: the run has reached its timeout',
  'fail-fast': 'stopping: the first failure ends the run',
  audit: 'stopping: the audit log cannot be written',
};

function stoppingText({ cause }: Told<'run.stopping'>, style: Style): string {
  return style.warn(STOP_TEXTS[cause]);
}
