import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkout } from '../support/ork.ts';
import { eventually, helpersOf, workersOf } from '../support/processes.ts';
import {
  linesFor,
  makeSite,
  program,
  reviewedLines,
  startAt,
  USERS,
  type UserName,
  writePlaybook,
} from '../support/sandbox.ts';
import {
  descriptorsOf,
  groupsOf,
  identity,
  mounts,
  surroundings,
  variables,
} from '../support/sandbox-posture.ts';

/** Workloads that go on until they are stopped, the one in question last. */
const WORKLOADS = {
  pure: { sleep: 'process: { module: "control:sleep", params: { duration: 1h } }' },
  files: {
    source: program(['sleep', '3600']).replace(' } }', ', stream: lines } }'),
    parse:
      'stream_inputs: [source], process: { module: "data:parse", params: { format: ndjson, field: line } }',
  },
  programs: { sleep: program(['sleep', '3600']) },
} as const;

type Kind = keyof typeof WORKLOADS;

const cases = USERS.flatMap((user) =>
  (Object.keys(WORKLOADS) as Kind[]).map((kind) => ({ user, kind })),
);

test.each(cases)(
  'a worker for $kind that $user has started has what was reviewed, and nothing else',
  async ({ user, kind }) => {
    const { watched, stop } = await startWorker(user, kind);
    const seen = [...identity(watched), ...surroundings(watched), ...mounts(watched)];
    await stop();
    expectLines(seen, await reviewed(`posture-${kind}.txt`, user));
  },
);

test.each(USERS)(
  'the helpers around a worker that %s has started have what was reviewed',
  async (user) => {
    const { watched, stop } = await startWorker(user, 'pure');
    const [outer, inner] = await helpersOf(watched.ork);
    const seen = [outer, inner].flatMap((pid, at) => {
      const helper = { ...watched, pid: pid as number };
      const lines = [...identity(helper), ...groupsOf(helper), ...variables(helper)];
      return lines.map((line) => `${['outer', 'inner'][at]} ${line}`);
    });
    await stop();
    expectLines(seen, await reviewed('posture-helpers.txt', user));
  },
);

test('without a sandbox none of it is there', async () => {
  const { watched, stop } = await startWorker(USERS[0] as UserName, 'pure', ['--sandbox', 'none']);
  const seen = identity(watched);
  await stop();
  expect(seen).toEqual(expect.arrayContaining(['NoNewPrivs 0', 'filters 0']));
  expect(seen.filter((line) => /^namespace .* own$/.test(line))).toEqual([]);
});

/** A run whose worker of this kind is at work, and how to end it. */
async function startWorker(user: UserName, kind: Kind, args: string[] = []) {
  const site = await makeSite(user);
  const run = startAt(site, await writePlaybook(site, WORKLOADS[kind]), args);
  let pid: number | undefined;
  await eventually(async () => {
    const ended = run.child.exitCode !== null;
    if (ended) throw new Error((await run.finished).stderr);
    const workers = await workersOf(run.pid);
    if (workers.length < Object.keys(WORKLOADS[kind]).length) return false;
    pid = workers.find((worker) => isOfKind(worker, kind));
    return pid !== undefined && (await isSettled(pid));
  });
  const stop = async () => {
    run.child.kill('SIGINT');
    await run.finished;
  };
  return { watched: { site, ork: run.pid, pid: pid as number }, stop };
}

/** Node opens its own descriptors one after the other. */
async function isSettled(pid: number): Promise<boolean> {
  const before = descriptorsOf(pid).size;
  await new Promise((resolve) => setTimeout(resolve, 100));
  return before > 4 && before === descriptorsOf(pid).size;
}

/** The one for programs has started its own by then. */
function isOfKind(pid: number, kind: Kind): boolean {
  const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
  return kind === 'programs' ? childrenOf(pid).length === 1 : !environment.includes('=programs');
}

function childrenOf(pid: number): string[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
  return children.split(' ').filter((child) => child !== '');
}

interface Reviewed {
  required: string[];
  allowed: string[];
}

/** The lines of an expectation that hold for a user. */
async function reviewed(name: string, user: UserName): Promise<Reviewed> {
  const lines = await reviewedLines(name);
  const maybe = lines.filter(({ who }) => who === 'maybe').map(({ text }) => text);
  return { required: [...linesFor(user, lines), ...maybe.filter(isHere)], allowed: maybe };
}

/** True where the host has what a line is about. What is a link there may be one in the view too. */
function isHere(line: string): boolean {
  const target = (line.split(' ')[1] ?? '').replace('$ORK', path.resolve(checkout));
  return lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() === false;
}

function expectLines(seen: string[], { required, allowed }: Reviewed): void {
  const held = seen.filter((line) => required.includes(line) || !allowed.includes(line));
  expect(held.sort()).toEqual([...required].sort());
}
