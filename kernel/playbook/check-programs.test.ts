import { describe, expect, it } from 'vitest';
import { errors, playbook, validate, warnings } from '../../test/fixtures/playbooks/validating.ts';

const HINT = '(pass it by an environment variable, a bound parameter or stdin instead)';
const HEAD = 'inputs: { host: {} }\nvars: { v: 1 }\n';
const SOURCE =
  'lifecycle: { policy: supervise }, process: { module: data:generate_from_list, params: { items: [] } }';

/** A workload of a trigger's run that has the template in a shell script, and one that registers `r`. */
function shell(template: string, rest = 'lifecycle: { policy: event_driven, source: s }'): string {
  return playbook(
    {
      s: SOURCE,
      a: 'register: r',
      w: `${rest}, process: { module: exec, params: { shell: ${JSON.stringify(template)} } }`,
    },
    HEAD,
  );
}

describe('outside data in the text of a program is an error:', () => {
  it.each([
    ['event', 'lifecycle: { policy: event_driven, source: s }'],
    ['activation', 'lifecycle: { policy: scheduled, cron: "0 * * * *" }'],
    ['_ork.resume_payload', 'lifecycle: { policy: run_once }'],
  ])('%s', async (name, lifecycle) => {
    const root = name.split('.').at(-1);
    expect(await errors(shell(`echo {{ ${name}.text }}`, lifecycle))).toEqual([
      `\`${root}\` comes from outside and may not become part of a program ${HINT}`,
    ]);
  });

  it('the item of a loop over it', async () => {
    const loop = "lifecycle: { policy: event_driven, source: s }, loop: '{{ event.files }}'";
    expect(await errors(shell('rm {{ item.name }}', loop))).toEqual([
      `the item of this loop is of \`event\`, which comes from outside and may not become part of a program ${HINT}`,
    ]);
    expect(await errors(shell('echo {{ _ork.loop.index }}', loop))).toEqual([]);
    const indexed = `${loop}, loop_control: { index_var: n }`;
    expect(await errors(shell('echo {{ n }}', indexed))).toEqual([]);
  });

  it('in a step of a pipeline', async () => {
    const params =
      "{ steps: [{ module: exec, params: { shell: '{{ event.x }}', stream: lines } }] }";
    const text = playbook({
      s: SOURCE,
      w: `lifecycle: { policy: event_driven, source: s }, process: { module: stream:pipeline, params: ${params} }`,
    });
    expect(await errors(text)).toEqual([
      `\`event\` comes from outside and may not become part of a program ${HINT}`,
    ]);
  });

  it('but not in its environment', async () => {
    const text = playbook({
      s: SOURCE,
      w: "lifecycle: { policy: event_driven, source: s }, process: { module: exec, params: { shell: 'echo $X', env: { X: '{{ event.x }}' } } }",
    });
    expect(await errors(text)).toEqual([]);
  });
});

describe('a result in the text of a program is warned of:', () => {
  const expected = [`a result of another workload becomes part of a program here ${HINT}`];

  it.each([
    ['a registered name', 'echo {{ r.summary.x }}', 'when: true'],
    ['a workload by its name', 'echo {{ _ork.workloads.a.summary.x }}', 'when: true'],
    ['the item of a loop over it', 'echo {{ item }}', "loop: '{{ r.summary.list }}'"],
  ])('%s', async (_, template, rest) => {
    expect(await warnings(shell(template, rest))).toContainEqual(expected[0]);
    expect(await errors(shell(template, rest))).toEqual([]);
  });

  it('with its place', async () => {
    const { problems } = await validate(shell('echo {{ r.summary.x }}', 'when: true'));
    expect(problems.find(({ reason }) => reason === 'playbook.code-injection')).toMatchObject({
      position: { line: 8, length: 'r.summary.x'.length },
    });
  });

  it('but not inputs, vars and items that are written out', async () => {
    const text = shell('echo {{ v }} {{ host }} {{ item }}', 'loop: [a, b]');
    expect(await warnings(text)).not.toContainEqual(expected[0]);
  });
});

describe('a secret among the arguments of a program is warned of', () => {
  const text = (params: string): string =>
    playbook({ a: `process: { module: exec, params: { ${params} } }` });

  it.each([
    'command: [login, \'{{ secret("T") }}\']',
    'command: [login], args: [\'--token={{ secret "T" }}\']',
    'shell: \'login {{ secret("T") }}\'',
  ])('%s', async (params) => {
    expect(await warnings(text(params))).toEqual([
      'every user of this host can read the arguments of a program (pass it by env, stdin or secret_files instead)',
    ]);
  });

  it('in a step of a pipeline', async () => {
    const step = `{ module: exec, params: { command: [x, '{{ secret("T") }}'], stream: lines } }`;
    const pipeline = `process: { module: stream:pipeline, params: { steps: [${step}] } }`;
    const found = await warnings(playbook({ a: pipeline, b: 'stream_inputs: [a]' }));
    expect(found).toContainEqual(expect.stringContaining('arguments of a program'));
  });

  it('but not in its environment', async () => {
    expect(await warnings(text('command: [login], env: { T: \'{{ secret("T") }}\' }'))).toEqual([]);
  });
});
