import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../kernel/observability/redaction/redactor.ts';
import {
  type Canary,
  canariesBelow,
  canariesIn,
  makeCanary,
  makeKey,
  makeNumber,
} from '../support/canary.ts';
import { fixtureRuns } from '../support/fixture-run.ts';
import { type Finished, startOrk, temporaryFolder } from '../support/ork.ts';

/** How a template gets at a canary: as a secret, or as a plain var, to see that what leaks is found. */
type Ask = (name: string) => string;
const asSecret: Ask = (name) => `secret('${name}')`;
const asVar: Ask = (name) => `values.${name}`;

interface Leak {
  canary: Canary;
  /** One workload as YAML, or several. */
  workloads(it: string): string;
  /** The program gets it by `env`, where /proc shows it: it is the playbook that wants this. */
  inEnvironment?: true;
}

const run = (name: string, process: object, more = ''): string =>
  `  - { name: ${name}, lifecycle: { policy: run_once }, ignore_errors: true, ${more} process: ${JSON.stringify(process)} }\n`;
const exec = (name: string, params: object, more = ''): string =>
  run(name, { module: 'exec', params }, more);

const ENCODINGS = `
const s = process.env.S, b = Buffer.from(s), u = encodeURIComponent(s);
for (const text of [s, b.toString('base64'), Buffer.from('user:' + s).toString('base64'), Buffer.from('u:' + s).toString('base64url'),
  b.toString('hex'), b.toString('hex').toUpperCase(), u, new URLSearchParams({ s }).toString(), JSON.stringify({ s }),
  JSON.stringify(JSON.stringify({ s })), encodeURIComponent(u), require('util').inspect({ s })]) console.log(text);
`;

/** One canary for each way out. */
const LEAKS: Leak[] = [
  {
    canary: makeCanary('SUMMARY'),
    workloads: (it) =>
      run('summary', {
        module: 'control:identity',
        params: {
          text: `{{ ${it} }}`,
          list: [{ deep: `a {{ ${it} }} b` }],
          map: `{{ {${it}: 1} }}`,
        },
      }),
  },
  {
    canary: makeNumber('NUMBER'),
    workloads: (it) =>
      run('number', { module: 'control:identity', params: { n: `{{ int(${it}) }}` } }),
  },
  {
    canary: makeCanary('ENCODED'),
    inEnvironment: true,
    workloads: (it) =>
      exec('encoded', {
        command: [process.execPath, '-e', ENCODINGS],
        env: { S: `{{ ${it} }}` },
      }),
  },
  {
    canary: makeKey('KEY'),
    inEnvironment: true,
    workloads: (it) =>
      exec('key', {
        shell: 'echo "$K"; echo "$K" | base64; echo "$K" | od -An -tx1',
        env: { K: `{{ ${it} }}` },
      }),
  },
  {
    canary: makeCanary('CHUNKS'),
    inEnvironment: true,
    workloads: (it) =>
      exec('chunks', {
        shell:
          'for n in 1 5 9 13 17 21 25 29 33 37 41 45 49 53; do printf %s "$S" | tail -c +$n | head -c 4; sleep 0.05; done; echo',
        env: { S: `{{ ${it} }}` },
        stream: 'lines',
      }) + run('collected', { module: 'data:collect' }, 'stream_inputs: [chunks],'),
  },
  {
    canary: makeCanary('STDIN'),
    workloads: (it) => exec('stdin', { shell: 'sleep 0.5; cat; cat >&2', stdin: `{{ ${it} }}` }),
  },
  {
    canary: makeCanary('FILES'),
    workloads: (it) =>
      exec('files', {
        shell: 'sleep 0.5; cat "$SECRETS_DIR/s"',
        secret_files: { s: `{{ ${it} }}` },
      }),
  },
  {
    canary: makeCanary('STDERR'),
    workloads: (it) => exec('stderr', { shell: 'cat >&2; exit 3', stdin: `pad: {{ ${it} }}` }),
  },
  {
    canary: makeCanary('CUT'),
    workloads: (it) =>
      exec('cut', { shell: 'cat >&2; exit 3', stdin: `${'p'.repeat(270)}{{ ${it} }}` }),
  },
  {
    canary: makeCanary('MESSAGE'),
    workloads: (it) =>
      run('message', { module: 'control:fail', params: { message: `no {{ ${it} }}` } }),
  },
  {
    canary: makeCanary('PATH'),
    workloads: (it) =>
      run('path', { module: 'filesystem:read', params: { path: `missing/{{ ${it} }}` } }) +
      exec('program', { command: [`no-{{ ${it} }}`] }) +
      exec('folder', { command: ['true'], cwd: `no/{{ ${it} }}` }),
  },
  {
    canary: makeCanary('WHEN'),
    workloads: (it) => exec('when', { command: ['true'] }, `when: "{{ ${it} }}",`),
  },
  {
    canary: makeCanary('EXPRESSION'),
    workloads: (it) =>
      ['from_json(IT)', 'int(IT)', 'base64_decode(IT)', '[1][IT]', '{"a": 1}[IT]']
        .map((expression, at) =>
          run(`expression${at}`, {
            module: 'control:identity',
            params: { x: `{{ ${expression.replace('IT', it)} }}` },
          }),
        )
        .join(''),
  },
  {
    canary: makeCanary('RECORDS'),
    workloads: (it) =>
      run('records', { module: 'data:generate_from_list', params: { items: [`{{ ${it} }}`] } }) +
      run(
        'parsed',
        { module: 'data:parse', params: { format: 'json', field: 'item' } },
        'stream_inputs: [records],',
      ) +
      run('kept', { module: 'data:collect' }, 'stream_inputs: [records],'),
  },
  {
    canary: makeCanary('LOOP'),
    workloads: (it) =>
      run(
        'looped',
        { module: 'control:fail', params: { message: 'item {{ .item }}' } },
        `loop: "{{ [${it}, ${it}] }}", retry: { attempts: 2, delay: 10ms, on: [other] },`,
      ),
  },
  { canary: makeCanary('OUTPUTS'), workloads: () => '' },
];

const CANARIES = LEAKS.map(({ canary }) => canary);
/** What may be seen in the environment of programs. */
const NOT_IN_ENVIRONMENT = LEAKS.filter(({ inEnvironment }) => !inEnvironment).map(
  ({ canary }) => canary,
);

function playbookText(ask: Ask): string {
  const outputs = `{ plain: "{{ ${ask('OUTPUTS')} }}", coded: "{{ base64_encode('a:' + ${ask('OUTPUTS')}) }}" }`;
  const workloads = LEAKS.map((leak) => leak.workloads(ask(leak.canary.name))).join('');
  return `name: leaky\nschemaVersion: v1.0.0\nvars: { values: {} }\noutputs: ${outputs}\nworkloads:\n${workloads}`;
}

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
  const watch = new ProcessWatch(ork.pid);
  const timer = setInterval(() => watch.look(), 25);
  const finished = await ork.finished;
  clearInterval(timer);
  return { finished, processes: [...watch.found], watched: watch.watched() };
}

/** Looks into all processes that have come from one, again and again. */
class ProcessWatch {
  readonly found = new Set<string>();
  readonly #root: number;
  readonly #seen = new Map<number, 'worker' | 'program'>();

  constructor(root: number) {
    this.#root = root;
  }

  look(): void {
    const parents = new Map(
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map((name) => [Number(name), parentOf(name)]),
    );
    for (const pid of parents.keys()) {
      if (pid !== this.#root && isBelow(pid, this.#root, parents)) this.#lookInto(pid);
    }
  }

  watched(): Seen['watched'] {
    const kinds = [...this.#seen.values()];
    return { all: kinds.length, workers: kinds.filter((kind) => kind === 'worker').length };
  }

  #lookInto(pid: number): void {
    const commandLine = read(`/proc/${pid}/cmdline`);
    // Gone, or a child that is not yet what it is to become and still looks like ork itself.
    if (commandLine === '' || commandLine.includes('bin/ork.js')) return;
    const environment = read(`/proc/${pid}/environ`);
    const kind = commandLine.includes('kernel/worker/start') ? 'worker' : 'program';
    this.#seen.set(pid, kind);
    const forbidden = kind === 'worker' ? CANARIES : NOT_IN_ENVIRONMENT;
    for (const name of canariesIn(commandLine, CANARIES)) this.found.add(`command line: ${name}`);
    for (const name of canariesIn(environment, forbidden)) this.found.add(`${kind}: ${name}`);
  }
}

function parentOf(pid: string): number {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function isBelow(pid: number, root: number, parents: Map<number, number>): boolean {
  for (let at = parents.get(pid); at !== undefined && at > 0; at = parents.get(at)) {
    if (at === root) return true;
  }
  return false;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

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
    for (const written of ['state/ork/audit', 'cache/ork/compile']) {
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
