import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { playbookJsonSchema } from '../../kernel/cli/schema/playbook-schema.ts';
import { ModuleRegistry } from '../../kernel/components/registry.ts';
import { loadPlaybook } from '../../kernel/playbook/load.ts';
import { validatePlaybook } from '../../kernel/playbook/validate.ts';
import { checkout } from '../support/ork.ts';

const registry = ModuleRegistry.load(path.join(checkout, 'build/modules'));
const schema = playbookJsonSchema(registry.all().map(({ manifest }) => manifest));
/** Independent of zod, which the schema was made with. */
const accepts = new Ajv2020({ strictSchema: true, strictTypes: false, allErrors: true }).compile(
  schema,
);

/** What ajv says of a playbook's text, and what the validator says. */
async function judge(text: string): Promise<{ editor: string[]; validator: string[] }> {
  const { loaded, problems } = loadPlaybook(text, 'playbook.yaml');
  if (loaded === undefined) throw new Error(problems.map(({ message }) => message).join());
  accepts(loaded.value);
  const found = (await validatePlaybook(loaded, registry)).problems;
  return {
    editor: (accepts.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath}: ${message}`,
    ),
    validator: found.filter(({ severity }) => severity === 'error').map(({ message }) => message),
  };
}

/** The part of a JSON Schema that editors show. */
interface Described {
  description?: string;
  properties?: Record<string, Described>;
  items?: Described;
  additionalProperties?: Described;
  anyOf?: (Described & { const?: string })[];
  oneOf?: Described[];
}

const HEAD = 'name: test\nschemaVersion: v1.0.0\n';

/** A playbook whose only workload has these fields instead of the ordinary ones. */
function playbookOf(fields: Record<string, string>, head = HEAD): string {
  const workload = {
    name: 'w',
    lifecycle: '{ policy: run_once }',
    process: '{ module: "control:identity" }',
    ...fields,
  };
  const lines = Object.entries(workload).map(([key, value]) => `    ${key}: ${value}\n`);
  return `${head}workloads:\n  -\n${lines.join('')}`;
}

const EXAMPLES = [
  ...globSync('examples/**/*.yaml', { cwd: checkout }),
  'test/fixtures/playbooks/graph.yaml',
]
  .map((file): [string, string] => [file, readFileSync(path.join(checkout, file), 'utf8')])
  .filter(([, text]) => text.includes('schemaVersion:'));

const DOCUMENTED = ['docs/playbook.md', 'docs/modules.md'].flatMap((page) => {
  const text = readFileSync(path.join(checkout, page), 'utf8');
  return Array.from(
    text.matchAll(/^```yaml\n((?:name:|- name:).*?)^```$/gms),
    (match): [string, string] => {
      const [, block = ''] = match;
      const line = text.slice(0, match.index).split('\n').length + 1;
      return [`${page}:${line}`, block.startsWith('-') ? `${HEAD}workloads:\n${block}` : block];
    },
  );
});

const GOOD: [what: string, text: string][] = [
  [
    'a supervised workload',
    playbookOf({
      lifecycle:
        '{ policy: supervise, restart_policy: on_failure, backoff: { base: 1s }, readiness: { tcp: { port: 80 } }, stop: { signal: SIGINT } }',
    }),
  ],
  [
    'a scheduled workload',
    playbookOf({
      lifecycle:
        '{ policy: scheduled, cron: "*/5 * * * *", timezone: Europe/Berlin, overlap: queue }',
      retry: '{ attempts: 3, delay: 0s, on: [timeout] }',
    }),
  ],
  [
    'templates for values of any type',
    playbookOf(
      {
        process: '{ module: "data:parse", params: { format: "{{ f }}", text: "{{ t }}" } }',
        when: '"{{ f != t }}"',
        loop: '"{{ [1, 2] }}"',
      },
      `${HEAD}vars: { f: json, t: "{}" }\n`,
    ),
  ],
  [
    'sizes with and without a unit',
    playbookOf({
      stream_policy: '{ buffer_bytes: 4MiB, overflow: block }',
      security_context: '{ resource_limits: { memory_bytes: 268435456 } }',
    }),
  ],
];

describe('accepts', () => {
  test.each([...EXAMPLES, ...DOCUMENTED, ...GOOD])('%s', async (_, text) => {
    expect(await judge(text)).toEqual({ editor: [], validator: [] });
  });

  test('modules that it does not know, with any params', () => {
    const text = playbookOf({ process: '{ module: "text:count@^1.2", params: { n: 1 } }' });
    expect(accepts(loadPlaybook(text, 'p').loaded?.value)).toBe(true);
  });
});

const lifecycle = (text: string) => playbookOf({ lifecycle: `{ ${text} }` });
const process = (text: string) => playbookOf({ process: `{ ${text} }` });

const BROKEN: [what: string, text: string][] = [
  ['a missing name', playbookOf({}, 'schemaVersion: v1.0.0\n')],
  ['a name with capitals', playbookOf({}, 'name: Test\nschemaVersion: v1.0.0\n')],
  ['another schemaVersion', playbookOf({}, 'name: test\nschemaVersion: v2.0.0\n')],
  ['no workloads', `${HEAD}workloads: []\n`],
  ['an unknown key', playbookOf({}, `${HEAD}what: 1\n`)],
  ['an unknown key of a workload', playbookOf({ after: '[x]' })],
  ['an old name', playbookOf({}, `${HEAD}tasks: []\n`)],
  ['a workload with a reserved name', playbookOf({ name: 'loop' })],
  ['a workload whose name is no identifier', playbookOf({ name: 'a-b' })],
  ['a registered name that is none', playbookOf({ register: '"1st"' })],
  ['a var with a reserved name', playbookOf({}, `${HEAD}vars: { package: 1 }\n`)],
  ['an input of an unknown type', playbookOf({}, `${HEAD}inputs: { a: { type: text } }\n`)],
  ['a duration without a unit', playbookOf({ timeout: '"30"' })],
  ['a duration as a number', playbookOf({ timeout: '30' })],
  ['a size in words', playbookOf({ stream_policy: '{ buffer_bytes: much }' })],
  ['a channel without room', playbookOf({ stream_policy: '{ buffer_size: 0 }' })],
  ['an unknown overflow policy', playbookOf({ stream_policy: '{ overflow: drop }' })],
  ['a text for a boolean', playbookOf({ ignore_errors: '"yes"' })],
  ['a retry without attempts', playbookOf({ retry: '{ delay: 1s }' })],
  ['a retry on an unknown code', playbookOf({ retry: '{ attempts: 2, on: [never] }' })],
  ['a lifecycle without a policy', lifecycle('')],
  ['an unknown policy', lifecycle('policy: forever')],
  ['a field of another policy', lifecycle('policy: run_once, restart_policy: never')],
  ['an event_driven workload without a source', lifecycle('policy: event_driven')],
  ['a scheduled workload without a cron', lifecycle('policy: scheduled')],
  [
    'a probe of two kinds',
    lifecycle('policy: supervise, liveness: { exec: [a], tcp: { port: 1 } }'),
  ],
  ['a probe of no kind', lifecycle('policy: supervise, readiness: { interval: 1s }')],
  [
    'a condition on a supervised workload',
    playbookOf({
      lifecycle: '{ policy: supervise }',
      when: 'true',
    }),
  ],
  [
    'a supervised workload at the end',
    playbookOf({
      lifecycle: '{ policy: supervise }',
      finally: 'true',
    }),
  ],
  ['loop_control without a loop', playbookOf({ loop_control: '{ parallel: 2 }' })],
  ['a loop over a stream', playbookOf({ loop: '[1]', stream_inputs: '[x]' })],
  [
    'a stream into a scheduled workload',
    playbookOf({
      lifecycle: '{ policy: scheduled, cron: "* * * * *" }',
      stream_inputs: '[x]',
    }),
  ],
  ['a process without a module', process('params: {}')],
  ['an unknown param', process('module: "data:collect", params: { maximum: 1 }')],
  ['a param of another type', process('module: "data:collect", params: { max: many }')],
  ['a param that is missing', process('module: "data:parse", params: { text: a }')],
  ['params that are missing', process('module: "data:parse"')],
  ['params that are one template', process('module: exec, params: "{{ x }}"')],
  [
    'a step of a pipeline with an unknown param',
    process(
      'module: "stream:pipeline", params: { steps: [{ module: "data:collect", params: { n: 1 } }] }',
    ),
  ],
  ['an unknown word of the sandbox', playbookOf({ security_context: '{ sandbox: off }' })],
  ['a namespace that is neither', playbookOf({ security_context: '{ namespaces: { pid: 1 } }' })],
];

describe('refuses, as the validator does,', () => {
  test.each(BROKEN)('%s', async (_, text) => {
    const { editor, validator } = await judge(text);
    expect(editor).not.toEqual([]);
    expect(validator).not.toEqual([]);
  });
});

describe('tells editors', () => {
  const { workload, process, params } = schema['$defs'] as Record<string, Described>;

  test('what each field means', () => {
    const silent: string[] = [];
    const walk = (node: Described | undefined, place: string) => {
      if (node === undefined) return;
      for (const [name, field] of Object.entries(node.properties ?? {})) {
        if (!('description' in field) && !('$ref' in field)) silent.push(`${place}.${name}`);
        walk(field, `${place}.${name}`);
      }
      const { items, additionalProperties, anyOf = [], oneOf = [] } = node;
      for (const inner of [items, additionalProperties, ...anyOf, ...oneOf]) walk(inner, place);
    };
    walk(schema, 'playbook');
    walk(workload, 'workload');
    walk(process, 'process');
    expect(silent).toEqual([]);
  });

  test('which modules there are, each with its params', () => {
    const known = process?.properties?.['module']?.anyOf ?? [];
    const named = known.flatMap(({ const: name }) => name ?? []);
    expect(named).toEqual(registry.all().map(({ manifest }) => manifest.name));
    expect(Object.keys(params ?? {})).toEqual(named);
  });
});
