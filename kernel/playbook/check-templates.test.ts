import { describe, expect, it } from 'vitest';
import {
  errors,
  playbook,
  validate,
  withParams,
} from '../../test/fixtures/playbooks/validating.ts';

const VARS = 'inputs: { host: {} }\nvars: { v: 1 }\n';

describe('a mistake in an expression is explained', () => {
  it.each([
    ['{{ v + }}', "unexpected '+' in `v +`"],
    [
      '{{ v',
      "'{{' has no matching '}}' (close the expression with '}}', or tag the string with !raw to keep the braces as text)",
    ],
    ['{{ }}', 'the expression is empty'],
    ['{{ uper("x") }}', "unknown function 'uper' (did you mean 'upper'?)"],
    ['{{ "x".trimm() }}', "unknown function 'trimm' (did you mean 'trim'?)"],
    ['{{ has(v) }}', '`has` asks for a field of something: has(x.field)'],
  ])('%s', async (template, expected) => {
    const text = withParams('control:identity', `{ x: ${JSON.stringify(template)} }`, VARS);
    expect(await errors(text)).toEqual([expected]);
  });

  it('and all of them, in all templates', async () => {
    const text = withParams('control:identity', "{ a: '{{ x }} {{ y + }}', b: ['{{ z }}'] }", VARS);
    expect(await errors(text)).toHaveLength(3);
  });
});

describe('the place of a mistake is found inside the YAML', () => {
  it.each([
    ['plain text', ['x: and {{ missing }} here'], { line: 8, column: 19 }],
    ['single quotes', ["x: 'it''s {{ missing }}'"], { line: 8, column: 22 }],
    ['double quotes', ['x: "\\ta\\u0041 {{ missing }}"'], { line: 8, column: 26 }],
    ['a literal block', ['x: |', '  one', '    {{ missing }}'], { line: 10, column: 16 }],
    ['a folded block', ['x: >-', '  one', '', '  two {{ missing }}'], { line: 11, column: 18 }],
    ['text over lines', ['x: one', '  two', '  {{ missing }}'], { line: 10, column: 14 }],
    ['a list in a map', ['x: { y: ["", "{{ missing }}"] }'], { line: 8, column: 26 }],
  ])('in %s', async (_, lines, place) => {
    const text = [
      'name: p',
      'schemaVersion: v1.0.0',
      'workloads:',
      '  - name: w',
      '    lifecycle: { policy: run_once }',
      '    process:',
      '      module: control:identity',
      ...lines.map((line, index) => (index === 0 ? `      params: ${line}` : `        ${line}`)),
      '',
    ].join('\n');
    const nested = text.replace('params: x:', 'params:\n        x:');
    const { problems } = await validate(nested);
    const { line, column } = place;
    expect(problems).toMatchObject([
      { reason: 'playbook.unknown-name', position: { line: line + 1, column, length: 7 } },
    ]);
  });

  it('in an expression over several lines', async () => {
    const text = withParams('control:identity', '{}', VARS).replace(
      'params: {}',
      'params: { x: "{{ v +\n        v + missing }}" }',
    );
    const { problems } = await validate(text);
    expect(problems).toMatchObject([{ position: { line: 7, column: 13, length: 7 } }]);
  });
});

describe('when', () => {
  it.each(['when: true', 'when: false', "when: '{{ v > 0 }}'", "when: '{{ default(v, true) }}'"])(
    'may be a boolean or a template: %s',
    async (rest) => {
      expect(await errors(playbook({ a: rest }, VARS))).toEqual([]);
    },
  );

  it.each([
    ["when: 'v > 5'", '`when` must be a boolean or a template (write "{{ v > 5 }}")'],
    [
      "when: '{{ true }} '",
      '`when` must be exactly one {{ expression }}; with text around it, it is text',
    ],
    ['when: 1', '`when` must be a boolean or a template'],
    ['when: [true]', '`when` must be a boolean or a template'],
  ])('may not be %s', async (rest, expected) => {
    expect(await errors(playbook({ a: rest }, VARS))).toEqual([expected]);
  });
});

describe('loop', () => {
  it.each([
    'loop: []',
    "loop: [1, a, { b: '{{ v }}' }, ['{{ host }}']]",
    "loop: '{{ [v, 2] }}'",
    'loop: "{{ default(v, []) }}"',
  ])('may be a list or a template: %s', async (rest) => {
    expect(await errors(playbook({ a: rest }, VARS))).toEqual([]);
  });

  it.each([
    ['loop: v', '`loop` must be a list, or exactly one {{ expression }} that yields one'],
    [
      "loop: 'all of {{ [v] }}'",
      '`loop` must be a list, or exactly one {{ expression }} that yields one',
    ],
    ['loop: { a: 1 }', '`loop` must be a list or a template that yields one'],
    ['loop: 3', '`loop` must be a list or a template that yields one'],
  ])('may not be %s', async (rest, expected) => {
    expect(await errors(playbook({ a: rest }, VARS))).toEqual([expected]);
  });

  it('waits for what it reads', async () => {
    const { graph } = await validate(
      playbook({ a: 'register: r', b: "loop: '{{ r.summary.list }}'" }),
    );
    expect(graph?.edges).toEqual([{ from: 'a', to: 'b', kind: 'state' }]);
  });
});

describe('outputs', () => {
  const outputs = (template: string): string =>
    playbook({ a: 'register: r' }, `${VARS}outputs: { x: ${JSON.stringify(template)} }\n`);

  it.each([
    '{{ r.summary.x }}',
    '{{ v }} {{ host }}',
    '{{ _ork.workloads.a.status }}',
    '{{ now() }}',
  ])('may read %s', async (template) => {
    expect(await errors(outputs(template))).toEqual([]);
  });

  it.each([
    ['{{ s.summary }}', "'s' does not exist"],
    ['{{ item }}', "'item' does not exist"],
    ['{{ _ork.loop.index }}', '`_ork.loop` exists only in a workload with a loop'],
    ['{{ event.x }}', "'event' exists only below an event_driven or scheduled workload"],
    ['{{ activation.x }}', "'activation' exists only below an event_driven or scheduled workload"],
  ])('may not read %s', async (template, expected) => {
    expect(await errors(outputs(template))).toEqual([expect.stringContaining(expected)]);
  });
});

describe('what is decided before anything runs reads inputs and vars only:', () => {
  const context = (template: string) =>
    `security_context: { filesystem: { read: [${JSON.stringify(template)}] } }`;
  const key = (template: string) => `concurrency: { key: ${JSON.stringify(template)} }`;
  const sites: [string, (template: string) => string, string][] = [
    [
      "a workload's security_context",
      (template) => playbook({ a: 'register: r', b: context(template) }, VARS),
      'a security_context',
    ],
    [
      "the playbook's security_context",
      (template) => playbook({ a: 'register: r' }, `${VARS}${context(template)}\n`),
      'a security_context',
    ],
    [
      'concurrency.key',
      (template) => playbook({ a: 'register: r' }, `${VARS}${key(template)}\n`),
      '`concurrency.key`',
    ],
  ];

  it.each(sites)('%s', async (_, withTemplate, what) => {
    expect(await errors(withTemplate('/srv/{{ host }}/{{ lower(string(v)) }}'))).toEqual([]);
    for (const name of ['r', '_ork', 'event', 'activation', 'hots']) {
      const found = await errors(withTemplate(`/srv/{{ ${name}.x }}`));
      expect(found[0]).toContain(
        `'${name}' cannot be read in ${what}, which may use inputs and vars only`,
      );
      expect(found).toHaveLength(1);
    }
    for (const call of ['secret("A")', 'env("A")', 'now()', 'uuid()']) {
      const name = call.slice(0, call.indexOf('('));
      expect(await errors(withTemplate(`/srv/{{ ${call} }}`))).toEqual([
        `\`${name}\` cannot be called in ${what}, which may use inputs and vars only`,
      ]);
    }
  });
});

describe('a failure handler', () => {
  it.each([
    ['when: \'{{ r.status == "Failed" }}\'', true],
    ['when: \'{{ _ork.workloads.a.error.code == "io" }}\'', true],
    ["when: '{{ has(r.error) }}'", true],
    ["when: '{{ r.summary.ok }}'", false],
    ["process: { module: control:identity, params: { x: '{{ r.status }}' } }", false],
    ["loop: '{{ [r.status] }}'", false],
  ])('is a workload whose when reads status or error: %s', async (rest, handles) => {
    const { graph, problems } = await validate(playbook({ a: 'register: r', h: rest }));
    expect(problems).toEqual([]);
    expect(graph?.handlers).toEqual(handles ? new Map([['h', new Set(['a'])]]) : new Map());
  });
});

it('text tagged !raw is no template', async () => {
  const text = playbook(
    {
      a: 'process: { module: control:identity, params: { x: !raw "{{ no + }}" } }, loop: [!raw "{{ x"]',
    },
    'outputs: { x: !raw "{{ .ID }}" }\n',
  );
  expect(await errors(text)).toEqual([]);
});
