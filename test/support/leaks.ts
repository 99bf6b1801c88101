import { type Canary, makeCanary, makeKey, makeNumber } from './canary.ts';

/** How a template gets at a canary: as a secret, or as a plain var, to see that what leaks is found. */
export type Ask = (name: string) => string;
export const asSecret: Ask = (name) => `secret('${name}')`;
export const asVar: Ask = (name) => `values.${name}`;

interface Leak {
  canary: Canary;
  /** One workload as YAML, or several. */
  workloads(it: string): string;
  /** The program gets it by `env`, where /proc shows it: it is the playbook that wants this. */
  inEnvironment?: true;
}

const run = (name: string, process: object, more = ''): string =>
  `  - { name: ${name}, lifecycle: { policy: run_once }, ignore_errors: true, ${more} process: ${JSON.stringify(process)} }\n`;
export const exec = (name: string, params: object, more = ''): string =>
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

export const CANARIES = LEAKS.map(({ canary }) => canary);
/** What may be seen in the environment of programs. */
export const NOT_IN_ENVIRONMENT = LEAKS.filter(({ inEnvironment }) => !inEnvironment).map(
  ({ canary }) => canary,
);

/** A playbook that leaks every canary, each in its own way. */
export function playbookText(ask: Ask): string {
  const outputs = `{ plain: "{{ ${ask('OUTPUTS')} }}", coded: "{{ base64_encode('a:' + ${ask('OUTPUTS')}) }}" }`;
  const workloads = LEAKS.map((leak) => leak.workloads(ask(leak.canary.name))).join('');
  return `name: leaky\nschemaVersion: v1.0.0\nvars: { values: {} }\noutputs: ${outputs}\nworkloads:\n${workloads}`;
}
