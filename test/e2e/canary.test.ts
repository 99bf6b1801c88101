import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../kernel/observability/redaction/redactor.ts';
import { type Canary, canariesBelow, canariesIn, makeCanary, makeKey } from '../support/canary.ts';
import { fixtureRuns } from '../support/fixture-run.ts';
import {
  type Ask,
  asSecret,
  asVar,
  CANARIES,
  exec,
  NOT_IN_ENVIRONMENT,
  playbookText,
} from '../support/leaks.ts';
import { COVERAGE_VARIABLE, type Finished, startOrk, temporaryFolder } from '../support/ork.ts';
import { ProcessWatch } from '../support/process-watch.ts';

interface Place {
  /** Home, temporary files, caches and state: whatever ork and its programs write outside the workspace. */
  root: string;
  workspace: string;
  values: string;
  env: NodeJS.ProcessEnv;
}

async function makePlace(ask: Ask): Promise<Place> {
  const [root, hidden] = [await temporaryFolder(), await temporaryFolder()];
  const folders = ['home', 'tmp', 'cache', 'state', 'workspace'].map((name) =>
    path.join(root, name),
  );
  for (const folder of folders) await mkdir(folder);
  const [HOME = '', TMPDIR = '', XDG_CACHE_HOME = '', XDG_STATE_HOME = '', workspace = ''] =
    folders;
  await writeFile(path.join(workspace, 'playbook.yaml'), playbookText(ask));
  // Outside what is searched: this is where the secrets come from.
  const values = path.join(hidden, 'values.yaml');
  const map = Object.fromEntries(CANARIES.map(({ name, value }) => [name, value]));
  await writeFile(values, JSON.stringify(ask === asVar ? { values: map } : map), { mode: 0o600 });
  const env = { HOME, TMPDIR, XDG_CACHE_HOME, XDG_STATE_HOME, CI: undefined, TERM: 'xterm' };
  return { root, workspace, values, env };
}

interface Seen {
  finished: Finished;
  /** Canaries in the command lines and environments of the processes below ork. */
  processes: string[];
  /** How many of them were looked at, and how many were workers. */
  watched: { all: number; workers: number };
}

async function leak(place: Place, args: string[], through?: string[]): Promise<Seen> {
  const file = path.join(place.workspace, 'playbook.yaml');
  const ork = startOrk(['run', file, ...args], {
    env: place.env,
    ...(through === undefined ? {} : { through }),
  });
  const watch = new ProcessWatch(ork.pid, CANARIES, NOT_IN_ENVIRONMENT);
  const timer = setInterval(() => watch.look(), 25);
  const finished = await ork.finished;
  clearInterval(timer);
  return { finished, processes: [...watch.found], watched: watch.watched() };
}

/** What every run writes, and is searched. */
const WRITTEN = ['state/ork/audit'];
if (process.env[COVERAGE_VARIABLE] === undefined) WRITTEN.push('cache/ork/compile');

const FORMATS: [string, string[], string[]?][] = [
  ['text', []],
  ['json', ['--output', 'json']],
  ['ndjson', ['--output', 'ndjson']],
  ['a dry run', ['--output', 'ndjson', '--dry-run']],
  // A terminal, which shows the live tree. It hands its arguments on as one line.
  ['a terminal', [], ['sh', '-c', 'script -qec "$*" /dev/null', 'sh']],
];

describe('no canary gets out', () => {
  test.each(FORMATS)('of a run that reports as %s', async (_, args, through) => {
    const place = await makePlace(asSecret);
    const seen = await leak(place, [...args, '--secrets-file', place.values], through);
    const { code, stdout, stderr } = seen.finished;
    expect(code, stderr).toBe(0);
    expect(canariesIn(stdout, CANARIES)).toEqual([]);
    expect(canariesIn(stderr, CANARIES)).toEqual([]);
    expect(seen.processes).toEqual([]);
    expect(seen.watched.workers).toBeGreaterThan(0);
    for (const written of WRITTEN) {
      expect(await readdir(path.join(place.root, written))).not.toEqual([]);
    }
    expect(await canariesBelow(place.root, CANARIES)).toEqual([]);
    for (const folder of ['/dev/shm', '/tmp']) {
      const left = (await readdir(folder)).filter((name) => name.startsWith('ork-private-'));
      for (const name of left) {
        expect(await canariesBelow(path.join(folder, name), CANARIES)).toEqual([]);
      }
    }
  });

  test('of a run whose secrets come from the environment', async () => {
    const place = await makePlace(asSecret);
    for (const { name, value } of CANARIES) place.env[`ORK_SECRET_${name}`] = value;
    const seen = await leak(place, ['--output', 'json']);
    expect(JSON.parse(seen.finished.stdout).outputs).toEqual({
      plain: '***',
      coded: expect.stringMatching(/^YT.\*\*\*$/),
    });
    expect(canariesIn(seen.finished.stdout + seen.finished.stderr, CANARIES)).toEqual([]);
    expect(seen.processes).toEqual([]);
    expect(await canariesBelow(place.root, CANARIES)).toEqual([]);
  });
});

describe('the search finds', () => {
  const canary = makeCanary('C');
  const bytes = Buffer.from(canary.value);

  test.each([
    ['plain text', canary.value],
    ['JSON', JSON.stringify(canary.value)],
    ['an address', encodeURIComponent(canary.value)],
    ['base64', bytes.toString('base64')],
    ['base64 of a longer text', Buffer.from(`x:${canary.value}`).toString('base64')],
    ['base64 for addresses', Buffer.from(`xy:${canary.value}`).toString('base64url')],
    ['base64 in lines', bytes.toString('base64').replace(/.{20}/g, '$&\n')],
    ['hex', bytes.toString('hex')],
    ['hex in bytes', bytes.toString('hex').replace(/../g, ' $&').toUpperCase()],
    ['a part of it', canary.core.slice(10, 23)],
  ])('a canary in %s', (_, written) => {
    expect(canariesIn(Buffer.from(`before ${written} after`), [canary])).toEqual(['C']);
  });

  test('every canary when the same playbook gets them as plain vars', async () => {
    const place = await makePlace(asVar);
    const json = await leak(place, ['--output', 'json', '--vars-file', place.values]);
    expect(canariesIn(json.finished.stdout, CANARIES)).toEqual(CANARIES.map(({ name }) => name));
    const text = await leak(place, ['--vars-file', place.values]);
    const said = canariesIn(text.finished.stderr, CANARIES);
    expect(said).toEqual(expect.arrayContaining(['MESSAGE', 'STDERR', 'PATH', 'WHEN', 'LOOP']));
  });

  test('a canary in the command line of a program, and in a file', async () => {
    const place = await makePlace(asVar);
    const [first] = CANARIES as [Canary];
    const command = ['sh', '-c', 'echo "$0" > noted; sleep 1', first.value];
    await writeFile(
      path.join(place.workspace, 'playbook.yaml'),
      `name: leaky\nschemaVersion: v1.0.0\nworkloads:\n${exec('a', { command })}`,
    );
    const seen = await leak(place, []);
    expect(seen.processes).toContain(`command line: ${first.name}`);
    expect(await canariesBelow(place.root, CANARIES)).toContain(`workspace/noted: ${first.name}`);
  });
});

describe('a module that says a secret in every way', () => {
  const start = fixtureRuns();

  test.each([makeCanary('TEXT'), makeKey('KEY')])('is heard without it: $name', async (canary) => {
    const heard = async (redactor: Redactor) => {
      const params = `{ text: "{{ secret('S') }}" }`;
      const { events, report } = await start(
        `workloads:\n  - { name: a, lifecycle: { policy: run_once }, process: { module: leaky, params: ${params} } }\n`,
        {
          redactor,
          secret: () => {
            redactor.add(canary.value);
            return canary.value;
          },
        },
      );
      const { workloads, ...rest } = await report;
      return { events, text: JSON.stringify([events, rest, [...workloads]]) };
    };
    const { events, text } = await heard(new Redactor());
    expect(canariesIn(text, [canary])).toEqual([]);
    expect(events.filter(({ event }) => event === 'workload.output').length).toBeGreaterThan(5);
    const deaf = Object.assign(new Redactor(), { add: () => {} });
    expect(canariesIn((await heard(deaf)).text, [canary])).toEqual([canary.name]);
  });
});
