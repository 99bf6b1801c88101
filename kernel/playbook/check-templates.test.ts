import { describe, expect, it } from 'vitest';
import {
  messages,
  playbook,
  validate,
  withParams,
} from '../../test/fixtures/playbooks/validating.ts';

describe('templates', () => {
  it.each([
    ['{{ thresold }}', "'thresold' does not exist (did you mean 'threshold'?)"],
    [
      '{{ a }}',
      "the workload 'a' registers no result (add `register: a` to it, or read _ork.workloads.a)",
    ],
    ['{{ _ork.workloads.bb.summary }}', "there is no workload 'bb' (did you mean 'b'?)"],
    [
      '{{ _ork.workloads[threshold] }}',
      '_ork.workloads must be followed by the name of a workload (a name that is computed gives no dependency to wait for)',
    ],
    ['{{ result.sumary }}', "'result' has no field 'sumary' (did you mean 'summary'?)"],
    [
      '{{ result.path }}',
      "'result' has no field 'path' (what the module returned is under result.summary: result.summary.path)",
    ],
    ['{{ _ork.tasks.a }}', '`_ork.tasks` is now `_ork.workloads`'],
    [
      '{{ _ork.loop.index }}',
      '`_ork.loop` is part of the language but not available in this version',
    ],
    ['{{ event.x }}', "'event' exists only below an event_driven or scheduled workload"],
    ['{{ secret("X") }}', '`secret` is part of the language but not available in this version'],
    ['{{ _ork.workloads.w.summary }}', "'w' cannot read its own result"],
    ['{{ a + }}', "unexpected '+' in `a +`"],
    [
      '{{ threshold',
      "'{{' has no matching '}}' (close the expression with '}}', or tag the string with !raw to keep the braces as text)",
    ],
  ])('%s is explained', async (template, expected) => {
    const text = playbook({ a: '', b: 'register: result', w: '' }, 'vars: { threshold: 1 }\n');
    const params = `process: { module: control:identity, params: { x: '${template}' } }`;
    const last = text.lastIndexOf('process:');
    const edited = text.slice(0, last) + text.slice(last).replace(/process: \{[^}]*\}/, params);
    expect(await messages(edited)).toEqual([expected]);
  });

  it.each(['{{ default(missing, 1) }}', '{{ type(threshold) == string }}', '{{ has(result.x) }}'])(
    '%s is fine',
    async (template) => {
      const head = 'vars: { threshold: 1 }\n';
      const text = playbook({ b: 'register: result', w: '' }, head);
      const last = text.lastIndexOf('control:identity');
      const params = `control:identity, params: { x: '${template}' }`;
      expect(await messages(text.slice(0, last) + params + text.slice(last + 16))).toEqual([]);
    },
  );

  it('are found at their place in a block of text', async () => {
    const text = withParams('control:identity', '{}').replace(
      /workloads:[\s\S]*/,
      [
        'workloads:',
        '  - name: w',
        '    lifecycle: { policy: run_once }',
        '    process:',
        '      module: control:identity',
        '      params:',
        '        text: |',
        '          first line',
        '          and {{ missing }} here',
        '',
      ].join('\n'),
    );
    const { problems } = await validate(text);
    expect(problems[0]?.position).toMatchObject({ line: 11, column: 18, length: 7 });
  });

  it('in when must be one expression', async () => {
    expect(await messages(playbook({ a: "when: 'x > 5'" }))).toEqual([
      '`when` must be a boolean or a template (write "{{ x > 5 }}")',
    ]);
    expect(await messages(playbook({ a: "when: '{{ true }} '" }))).toEqual([
      '`when` must be exactly one {{ expression }}; with text around it, it is text',
    ]);
  });

  it('in outputs may read every result', async () => {
    const outputs = (name: string) =>
      playbook({ a: 'register: r' }, `outputs: { x: '{{ ${name}.summary }}' }\n`);
    expect(await messages(outputs('r'))).toEqual([]);
    expect(await messages(outputs('s'))).toHaveLength(1);
  });

  it('in vars are warned of', async () => {
    const { problems } = await validate(playbook({ a: '' }, "vars: { v: '{{ x }}' }\n"));
    expect(problems).toMatchObject([{ severity: 'warning', reason: 'playbook.vars' }]);
  });
});
