import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalog } from '../../test/fixtures/playbooks/catalog.ts';
import { playbook } from '../../test/fixtures/playbooks/validating.ts';
import { OrkError } from '../types/errors.ts';
import { type Closure, checkClosure, MAX_CALL_DEPTH, MAX_CLOSURE_PLAYBOOKS } from './closure.ts';
import { loadPlaybook } from './load.ts';

interface Setting {
  folder?: string;
  forRun?: boolean;
  /** From path to the path that a link there leads to, both below the folder. */
  links?: Record<string, string>;
}

/** Checks `main.yaml` of these files. */
async function check(files: Record<string, string>, setting: Setting = {}): Promise<Closure> {
  const { folder = '/jobs', forRun = false, links = {} } = setting;
  const { loaded } = loadPlaybook(files['main.yaml'] ?? '', 'main.yaml');
  if (loaded === undefined) throw new Error('main.yaml is no playbook');
  return checkClosure(loaded, `${folder}/main.yaml`, {
    catalog,
    workspace: folder,
    forRun,
    read: async (file) => {
      const name = path.relative(folder, file);
      const text = files[links[name] ?? name];
      if (text === undefined) throw new OrkError('not-found', `cannot read ${file}`);
      return { realPath: path.join(folder, links[name] ?? name), text };
    },
  });
}

/** `file:line message` of each problem. */
async function problems(files: Record<string, string>, setting?: Setting): Promise<string[]> {
  const found = (await check(files, setting)).problems;
  return found.map(({ message, position }) => `${position?.file}:${position?.line} ${message}`);
}

function calling(file: string, inputs = '{}', rest = ''): string {
  return `process: { module: "control:playbook", params: { path: "${file}", inputs: ${inputs} } }${rest}`;
}

const leaf = playbook({ w: '' });

test('a playbook without calls is a closure of one', async () => {
  const { checked, sources } = await check({ 'main.yaml': leaf });
  expect(checked?.calls.size).toBe(0);
  expect([...sources]).toEqual([['main.yaml', leaf]]);
});

test('paths start at the folder of the playbook that names them', async () => {
  const files = {
    'main.yaml': playbook({ a: calling('lib/one.yaml') }),
    'lib/one.yaml': playbook({ b: calling('../two.yaml') }),
    'two.yaml': leaf,
  };
  const { checked } = await check(files);
  const one = checked?.calls.values().next().value;
  expect(one?.file).toBe('lib/one.yaml');
  expect(one?.calls.values().next().value?.file).toBe('two.yaml');
});

test('a playbook that two workloads call is read and checked once', async () => {
  const files = {
    'main.yaml': playbook({ a: calling('x.yaml'), b: calling('./x.yaml') }),
    'x.yaml': playbook({ w: 'depends_on: [nobody]' }),
  };
  expect(await problems(files)).toEqual(["x.yaml:4 there is no workload 'nobody'"]);
});

test('what is wrong in a called playbook has its place there', async () => {
  const {
    checked,
    problems: found,
    sources,
  } = await check({
    'main.yaml': playbook({ a: `${calling('x.yaml')}, timeot: 1s` }),
    'x.yaml': playbook({ w: 'process: { module: exce }' }),
  });
  expect(checked).toBeUndefined();
  expect(found).toMatchObject([
    { reason: 'playbook.unknown-key', position: { file: 'main.yaml', line: 4 } },
    { reason: 'playbook.unknown-module', position: { file: 'x.yaml', line: 4 } },
  ]);
  expect([...sources.keys()]).toEqual(['main.yaml', 'x.yaml']);
});

test('a called file that is no YAML is told once', async () => {
  const files = {
    'main.yaml': playbook({ a: calling('x.yaml'), b: calling('x.yaml') }),
    'x.yaml': 'name: [',
  };
  const found = await problems(files);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^x\.yaml:1 /);
});

test('two files that look alike by links keep names of their own', async () => {
  const files = {
    'main.yaml': playbook({ a: calling('x.yaml'), b: calling('far/up.yaml') }),
    'x.yaml': leaf,
    'deep/down/up.yaml': playbook({ c: calling('../x.yaml') }),
    'deep/x.yaml': leaf,
  };
  const { checked, sources } = await check(files, {
    links: { 'far/up.yaml': 'deep/down/up.yaml' },
  });
  expect(checked).toBeDefined();
  expect([...sources.keys()]).toEqual(['main.yaml', 'x.yaml', 'far/up.yaml', '/jobs/deep/x.yaml']);
});

describe('a call is refused', () => {
  test.each([
    ['{{ .f }}', 'the path of a playbook cannot be a template'],
    ['/jobs/x.yaml', 'the path of a playbook must be relative'],
    ['missing.yaml', 'cannot read /jobs/missing.yaml'],
  ])('for the path %s', async (file, message) => {
    const main = playbook({ a: calling(file) }, 'vars: { f: x.yaml }\n');
    const found = await problems({ 'main.yaml': main, 'x.yaml': leaf });
    expect(found).toEqual([`main.yaml:5 ${message}`]);
  });

  test('that comes back to where it started', async () => {
    const files = {
      'main.yaml': playbook({ a: calling('x.yaml') }),
      'x.yaml': playbook({ b: calling('link.yaml') }),
    };
    expect(await problems(files, { links: { 'link.yaml': 'main.yaml' } })).toEqual([
      'x.yaml:4 these playbooks call each other: main.yaml → x.yaml → main.yaml',
    ]);
  });

  test('of itself', async () => {
    expect(await problems({ 'main.yaml': playbook({ a: calling('main.yaml') }) })).toEqual([
      'main.yaml:4 these playbooks call each other: main.yaml → main.yaml',
    ]);
  });

  test(`more than ${MAX_CALL_DEPTH} levels down`, async () => {
    const chain = (levels: number) => {
      const names = Array.from({ length: levels + 1 }, (_, level) =>
        level === 0 ? 'main.yaml' : `p${level}.yaml`,
      );
      const texts = names.map((_, level) => {
        const next = names[level + 1];
        return next === undefined ? leaf : playbook({ a: calling(next) });
      });
      return Object.fromEntries(names.map((name, level) => [name, texts[level] ?? '']));
    };
    expect(await problems(chain(MAX_CALL_DEPTH))).toEqual([]);
    const found = await problems(chain(MAX_CALL_DEPTH + 1));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^p8\.yaml:4 playbooks call each other more than 8 levels deep: main/);
  });

  test('of a playbook that is known, and too deep where it is called again', async () => {
    const files: Record<string, string> = {
      // Known with all that it calls by the time that the way down ends in it.
      'main.yaml': playbook({ a: calling('high.yaml'), b: calling('p1.yaml') }),
      'high.yaml': playbook({ a: calling('low.yaml') }),
      'low.yaml': leaf,
    };
    for (let level = 1; level < MAX_CALL_DEPTH; level++) {
      files[`p${level}.yaml`] = playbook({ a: calling(`p${level + 1}.yaml`) });
    }
    files[`p${MAX_CALL_DEPTH - 1}.yaml`] = playbook({ a: calling('high.yaml') });
    const found = await problems(files);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^p7\.yaml:4 playbooks call each other more than 8 levels deep/);
  });

  test(`beyond ${MAX_CLOSURE_PLAYBOOKS} files`, async () => {
    const names = Array.from({ length: MAX_CLOSURE_PLAYBOOKS }, (_, index) => `p${index}`);
    const files = Object.fromEntries(names.map((name) => [`${name}.yaml`, leaf]));
    const calls = names.map((name) => [name, calling(`${name}.yaml`)]);
    files['main.yaml'] = playbook(Object.fromEntries(calls));
    expect(await problems(files)).toEqual([
      'main.yaml:67 a playbook and those that it calls are at most 64 files',
    ]);
  });
});

describe('the inputs of a call', () => {
  const child = playbook(
    { w: '' },
    'inputs: { host: { type: string }, port: { type: integer, default: 80 }, all: { default: 1 } }\n',
  );
  const given = (inputs: string) =>
    problems({
      'main.yaml': playbook({ a: calling('x.yaml', inputs) }, 'vars: { v: 1 }\n'),
      'x.yaml': child,
    });

  test.each([
    '{ host: alpha }',
    '{ host: "{{ .v }}", port: "{{ .v }}", all: [1] }',
    '{ host: "the {{ .v }}" }',
  ])('%s fit', async (inputs) => {
    expect(await given(inputs)).toEqual([]);
  });

  test.each([
    ['{}', "p: the playbook needs a value for 'host' (string)"],
    ['{ host: 1 }', "p: the input 'host' must be of type string, not number"],
    ['{ host: "", port: "n{{ .v }}" }', "p: the input 'port' must be of type integer, not string"],
    [
      '{ host: "", port: !raw "{{ 1 }}" }',
      "p: the input 'port' must be of type integer, not string",
    ],
    ['{ host: "", hots: 1 }', "p: the playbook has no input 'hots'"],
  ])('%s do not fit', async (inputs, message) => {
    expect(await given(inputs)).toEqual([`main.yaml:5 ${message}`]);
  });

  test('are underlined where they stand', async () => {
    const { problems: found } = await check({
      'main.yaml': playbook({ a: calling('x.yaml', '{ hots: 1 }') }),
      'x.yaml': child,
    });
    const main = playbook({ a: calling('x.yaml', '{ hots: 1 }') }).split('\n')[3] ?? '';
    const places = found.map(({ reason, position }) => [reason, position?.column]);
    expect(places).toEqual([
      ['playbook.call-missing-input', main.indexOf('{ hots') + 1],
      ['playbook.call-unknown-input', main.indexOf('hots') + 1],
    ]);
  });
});

describe('what a called workload may do', () => {
  const grants = (parent: string, child: string) =>
    problems({
      'main.yaml': playbook(
        { a: calling('x.yaml', '{}', `, security_context: ${parent}`) },
        'vars: { dir: /srv }\n',
      ),
      'x.yaml': playbook({ w: `security_context: ${child}` }, 'vars: { dir: /srv }\n'),
    });

  test.each([
    ['{ env: [A, B] }', '{ env: [A] }'],
    ['{}', '{ filesystem: { write: [out] } }'],
    ['{ filesystem: { write: ["{{ .dir }}"] } }', '{ filesystem: { write: [/srv/a] } }'],
    ['{}', '{ filesystem: { write: ["{{ .dir }}"] } }'],
    ['{ resource_limits: { pids_max: 40 } }', '{}'],
  ])('within %s: %s', async (parent, child) => {
    expect(await grants(parent, child)).toEqual([]);
  });

  test('more than its caller is an error that names both', async () => {
    const { problems: found } = await check({
      'main.yaml': playbook({ a: calling('x.yaml') }),
      'x.yaml': playbook({ w: 'security_context: { sandbox: none, env: [A] }' }),
    });
    expect(found).toMatchObject([
      {
        reason: 'playbook.grants-exceed-parent',
        message: "'w' in x.yaml asks for more than 'a' has: sandbox none, env A",
        hint: "grant it in the security_context of 'a' too, or take it away from 'w'",
        position: { file: 'main.yaml', line: 4 },
      },
    ]);
  });
});

test('under `ork run` a called playbook is run_once too', async () => {
  const files = {
    'main.yaml': playbook({ a: calling('x.yaml') }),
    'x.yaml': playbook({ s: 'lifecycle: { policy: supervise }' }),
  };
  expect(await problems(files)).toEqual([]);
  expect(await problems(files, { forRun: true })).toEqual([
    "x.yaml:4 `ork run` only runs run_once workloads; 's' is supervise",
  ]);
});

describe('the digest', () => {
  const files = { 'main.yaml': playbook({ a: calling('lib/x.yaml') }), 'lib/x.yaml': leaf };
  const digest = async (changed: Record<string, string>, setting?: Setting) =>
    (await check({ ...files, ...changed }, setting)).checked?.digest;

  test('does not depend on where the files are', async () => {
    expect(await digest({})).toMatch(/^[0-9a-f]{64}$/);
    expect(await digest({}, { folder: '/elsewhere' })).toBe(await digest({}));
  });

  test('changes with every file', async () => {
    const changes = [{}, { 'main.yaml': `${files['main.yaml']}#` }, { 'lib/x.yaml': `${leaf}#` }];
    expect(new Set(await Promise.all(changes.map((change) => digest(change)))).size).toBe(3);
  });
});

describe('outside data for an input that the called playbook puts into a program', () => {
  const SHELL = 'process: { module: exec, params: { shell: "echo {{ who }}" } }';
  const child = playbook({ w: SHELL }, 'inputs: { who: { type: string } }\n');
  const source =
    'lifecycle: { policy: supervise }, process: { module: data:generate_from_list, params: { items: [] } }';
  const triggered = (inputs: string, rest = ''): string =>
    playbook({
      s: source,
      a: `lifecycle: { policy: event_driven, source: s }, ${calling('x.yaml', inputs, rest)}`,
    });
  const refused = (subject: string, file = 'x.yaml', input = 'who'): string =>
    `main.yaml:5 ${subject} comes from outside and may not become part of a program: ${file} puts its input '${input}' into one`;

  test('is an error where it is handed over', async () => {
    const files = { 'main.yaml': triggered('{ who: "hi {{ event.name }}" }'), 'x.yaml': child };
    expect(await problems(files)).toEqual([refused('`event`')]);
  });

  test('whatever is in between', async () => {
    const files = {
      'main.yaml': triggered('{ name: "{{ event.name }}" }').replace('x.yaml', 'y.yaml'),
      'y.yaml': playbook(
        { b: calling('x.yaml', '{ who: "{{ item }}" }', ', loop: "{{ [name] }}"') },
        'inputs: { name: { type: string } }\n',
      ),
      'x.yaml': child,
    };
    expect(await problems(files)).toEqual([refused('`event`', 'y.yaml', 'name')]);
  });

  test('is no mistake where the value is a number', async () => {
    const files = {
      'main.yaml': triggered('{ who: "{{ event.count }}" }'),
      'x.yaml': child.replace('string', 'integer'),
    };
    expect(await problems(files)).toEqual([]);
  });

  test('nor where it goes into an environment', async () => {
    const environment = 'params: { shell: "echo $WHO", env: { WHO: "{{ who }}" } }';
    const files = {
      'main.yaml': triggered('{ who: "{{ event.name }}" }'),
      'x.yaml': child.replace('params: { shell: "echo {{ who }}" }', environment),
    };
    expect(await problems(files)).toEqual([]);
  });

  test('is a warning when it is the result of another workload', async () => {
    const files = {
      'main.yaml': playbook({
        r: 'register: r',
        a: calling('x.yaml', '{ who: "{{ r.summary.name }}" }'),
      }),
      'x.yaml': child,
    };
    const { checked, problems: found } = await check(files);
    expect(checked).toBeDefined();
    expect(found).toMatchObject([
      {
        severity: 'warning',
        message:
          "a result of another workload becomes part of a program: x.yaml puts its input 'who' into one",
        position: { line: 5 },
      },
    ]);
  });
});
