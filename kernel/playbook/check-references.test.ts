import { describe, expect, it } from 'vitest';
import { errors, playbook, validate } from '../../test/fixtures/playbooks/validating.ts';

const HEAD = 'inputs: { host: {} }\nvars: { threshold: 1 }\n';

/** Two workloads, of which `b` registers `result`, and one that reads the template. */
function reading(template: string, rest = ''): string {
  const params = `process: { module: control:identity, params: { x: ${JSON.stringify(template)} } }`;
  return playbook({ a: '', b: 'register: result', w: `${params}${rest}` }, HEAD);
}

describe('a name that exists is read', () => {
  it.each([
    '{{ threshold }}',
    '{{ .threshold }}',
    '{{ host }}',
    '{{ result.status }}',
    '{{ .result.summary.anything[0].below }}',
    '{{ _ork.workloads.a.duration_ms }}',
    '{{ _ork.workloads["a"].started_at }}',
    '{{ _ork.playbook.name + _ork.playbook.run_id }}',
    '{{ _ork.resume_payload.approved }}',
    '{{ default(missing, 1) }}',
    '{{ default(missing.very.deep, 1) }}',
    '{{ type(threshold) == int }}',
    '{{ has(result.anything) }}',
    '{{ [1, 2].map(x, x + threshold) }}',
  ])('%s', async (template) => {
    expect(await errors(reading(template))).toEqual([]);
  });
});

describe('a name that does not exist is refused, and the nearest one named', () => {
  it.each([
    ['{{ thresold }}', "'thresold' does not exist (did you mean 'threshold'?)"],
    ['{{ secret }}', "'secret' is a function (call it: secret('NAME'))"],
    ['{{ now }}', "'now' is a function (call it: now())"],
    ['{{ hots }}', "'hots' does not exist (did you mean 'host'?)"],
    ['{{ resutl.status }}', "'resutl' does not exist (did you mean 'result'?)"],
    [
      '{{ nothing_like_it }}',
      "'nothing_like_it' does not exist (declare it under inputs or vars, or register it)",
    ],
    [
      '{{ a }}',
      "the workload 'a' registers no result (add `register: a` to it, or read _ork.workloads.a)",
    ],
    [
      '{{ default(a, 1) }}',
      "the workload 'a' registers no result (add `register: a` to it, or read _ork.workloads.a)",
    ],
    ['{{ _ork.workloads.bb.summary }}', "there is no workload 'bb' (did you mean 'b'?)"],
    [
      '{{ _ork.workloads[threshold] }}',
      '_ork.workloads must be followed by the name of a workload (a name that is computed gives no dependency to wait for)',
    ],
    [
      '{{ _ork }}',
      '_ork must be followed by the name of one of its fields (it has: workloads, playbook, resume_payload, loop)',
    ],
    ['{{ result.sumary }}', "'result' has no field 'sumary' (did you mean 'summary'?)"],
    [
      '{{ result.path }}',
      "'result' has no field 'path' (what the module returned is under result.summary: result.summary.path)",
    ],
    [
      '{{ result.results }}',
      "'result' has no field 'results' (only a workload with a `loop` has results)",
    ],
    [
      '{{ _ork.workloads.a.exit_code }}',
      "'_ork.workloads.a' has no field 'exit_code' (what the module returned is under _ork.workloads.a.summary: _ork.workloads.a.summary.exit_code)",
    ],
    ['{{ _ork.playbook.nam }}', "'_ork.playbook' has no field 'nam' (did you mean 'name'?)"],
    [
      '{{ _ork.everything }}',
      "'_ork' has no field 'everything' (it has: workloads, playbook, resume_payload, loop)",
    ],
    ['{{ _ork.tasks.a }}', '`_ork.tasks` is now `_ork.workloads`'],
    ['{{ _ork.workloads.w.summary }}', "'w' cannot read its own result"],
    ['{{ event.x }}', "'event' exists only in event_driven workloads and what depends on them"],
  ])('%s', async (template, expected) => {
    expect(await errors(reading(template))).toEqual([expected]);
  });

  it('with its place', async () => {
    const text = reading('size: {{ size(thresold) }}');
    const column = (text.split('\n')[7]?.indexOf('thresold') ?? -1) + 1;
    const { problems } = await validate(text);
    expect(problems[0]).toMatchObject({
      reason: 'playbook.unknown-name',
      position: { line: 8, column, length: 'thresold'.length },
    });
  });
});

describe('the names of a loop', () => {
  it.each([
    ['{{ item.name }}', ', loop: [1]'],
    ['{{ host_name }}', ', loop: [1], loop_control: { loop_var: host_name }'],
    ['{{ n + 1 }}', ', loop: [1], loop_control: { index_var: n }'],
    ['{{ _ork.loop.index }}', ', loop: [1]'],
    ['{{ _ork.loop.first || _ork.loop.last }}', ', loop: [1]'],
  ])('are read by its workload: %s', async (template, rest) => {
    expect(await errors(reading(template, rest))).toEqual([]);
  });

  it.each([
    ['{{ item }}', '', "'item' does not exist"],
    ['{{ item }}', ', loop: [1], loop_control: { loop_var: host_name }', "'item' does not exist"],
    ['{{ _ork.loop.index }}', '', '`_ork.loop` exists only in a workload with a loop'],
    ['{{ _ork.loop.indx }}', ', loop: [1]', "'_ork.loop' has no field 'indx'"],
  ])('are not known elsewhere: %s %s', async (template, rest, expected) => {
    expect(await errors(reading(template, rest))).toEqual([expect.stringContaining(expected)]);
  });

  it('are not known to the loop itself', async () => {
    expect(await errors(playbook({ a: "loop: '{{ item }}'" }))).toEqual([
      expect.stringContaining("'item' does not exist"),
    ]);
  });

  it('give the result of the workload a list of results', async () => {
    const params =
      "process: { module: control:identity, params: { x: '{{ r.results[0].summary }}' } }";
    expect(await errors(playbook({ a: 'loop: [1], register: r', b: params }))).toEqual([]);
  });

  it('make no dependency', async () => {
    const { graph, problems } = await validate(
      playbook({ a: "loop: [1], when: '{{ item > 0 }}'" }),
    );
    expect(problems).toEqual([]);
    expect(graph?.edges).toEqual([]);
  });
});
