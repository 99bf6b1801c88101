import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { playbookFile, runOrk } from '../support/ork.ts';
import { calls, type Report, runWorkloads } from '../support/run-workloads.ts';

const reads = (from: string, module: string, params: object): string =>
  `${calls(module, params)}, stream_inputs: [${from}]`;

const records = (results: Report, name: string) => results[name].summary?.records;

test('records are made, split, batched, freed of doubles and ordered', async () => {
  const items = [
    { team: 'b', people: [{ n: 'x' }, { n: 'y' }] },
    { team: 'a', people: ['z', { n: 'x' }] },
  ];
  const { code, results } = await runWorkloads({
    teams: calls('data:generate_from_list', { items, repeat: 2 }),
    people: reads('teams', 'data:split', { field: 'people', keep: ['team'] }),
    once: reads('people', 'data:dedupe', {}),
    names: reads('people', 'data:dedupe', { fields: ['n'] }),
    sorted: reads('once', 'data:sort', { by: [{ field: 'team', order: 'desc' }, 'n'] }),
    batches: reads('sorted', 'data:batch', { size: 3 }),
    all: reads('batches', 'data:collect', {}),
    named: reads('names', 'data:collect', {}),
  });
  expect(code).toBe(0);
  expect(results['teams'].summary).toEqual({ count: 4 });
  expect(results['people'].summary).toEqual({ count: 8, failed: 0 });
  expect(results['once'].summary).toEqual({ count: 4, dropped: 4 });
  expect(records(results, 'all')).toEqual([
    {
      items: [
        { team: 'b', n: 'x' },
        { team: 'b', n: 'y' },
        { team: 'a', item: 'z' },
      ],
      count: 3,
    },
    { items: [{ team: 'a', n: 'x' }], count: 1 },
  ]);
  expect(records(results, 'named')).toEqual([
    { team: 'b', n: 'x' },
    { team: 'b', n: 'y' },
    { team: 'a', item: 'z' },
  ]);
});

test('every format is read, from a file and from a param', async () => {
  const files: Record<string, string> = {
    'a.csv': '\ufeffname;note\r\nann;"two\r\nlines; ""quoted"""\r\nbob;\r\n',
    'a.tsv': 'name\tnote\nann\t"x"\n',
    'a.ndjson': '{"a":1}\n\n{"a":2}',
    'a.yaml': 'base: &b { x: 1 }\nlist: [*b, no]\ntext: |\n  two\n  lines\n',
    'a.log': 'ann 200\nbob 404\n',
    'a.txt': 'one\r\ntwo',
  };
  const params: Record<string, object> = {
    csv: { delimiter: ';' },
    tsv: {},
    ndjson: {},
    yaml: {},
    log: { format: 'regex', pattern: '^(?<user>\\w+) (?<status>\\d+)$' },
    txt: { format: 'text_lines' },
  };
  const workloads = Object.entries(params).flatMap(([name, own]) => {
    const file = `a.${name}`;
    const parse = { format: name, ...own };
    return [
      [`${name}_file`, calls('data:parse', { ...parse, file })],
      [`${name}_text`, calls('data:parse', { ...parse, text: files[file] })],
      [`${name}_files`, reads(`${name}_file`, 'data:collect', {})],
      [`${name}_texts`, reads(`${name}_text`, 'data:collect', {})],
    ];
  });
  const { code, results } = await runWorkloads(Object.fromEntries(workloads), files);
  expect(code).toBe(0);
  const expected: Record<string, object[]> = {
    csv: [
      { name: 'ann', note: 'two\r\nlines; "quoted"' },
      { name: 'bob', note: '' },
    ],
    tsv: [{ name: 'ann', note: '"x"' }],
    ndjson: [{ a: 1 }, { a: 2 }],
    yaml: [{ base: { x: 1 }, list: [{ x: 1 }, 'no'], text: 'two\nlines\n' }],
    log: [
      { user: 'ann', status: '200' },
      { user: 'bob', status: '404' },
    ],
    txt: [{ line: 'one' }, { line: 'two' }],
  };
  for (const [name, list] of Object.entries(expected)) {
    expect(records(results, `${name}_files`), name).toEqual(list);
    expect(records(results, `${name}_texts`), name).toEqual(list);
  }
  expect(results['yaml_file'].summary.value).toEqual(expected['yaml']?.[0]);
});

test('bad input fails, is skipped or goes to dead_letter', async () => {
  const bad: Record<string, [params: object, text: string, reason: string]> = {
    csv: [{}, 'a,b\n1,2\n3\n4,5\n', 'data.malformed'],
    tsv: [{}, 'a\tb\n1\t2\n3\n4\t5\n', 'data.malformed'],
    ndjson: [{}, '{"a":1}\n{\n{"a":2}\n', 'data.malformed'],
    regex: [{ pattern: '(?<a>\\d)' }, '1\nx\n2\n', 'data.no-match'],
  };
  const workloads = Object.entries(bad).flatMap(([format, [params, text]]) => {
    const parse = (on_error: string) => calls('data:parse', { format, text, on_error, ...params });
    return [
      [`${format}_fail`, parse('fail')],
      [`${format}_skip`, parse('skip')],
      [`${format}_dead`, parse('dead_letter')],
      [`${format}_letters`, reads(`${format}_dead.dead_letter`, 'data:collect', {})],
    ];
  });
  const { results } = await runWorkloads({
    ...Object.fromEntries(workloads),
    yaml: calls('data:parse', { format: 'yaml', text: 'a: [' }),
    heading: calls('data:parse', { format: 'csv', text: 'a,a\n1,2', on_error: 'skip' }),
    pattern: calls('data:parse', { format: 'regex', text: '', pattern: '(' }),
    stray: calls('data:parse', { format: 'json', text: '1', pattern: 'x' }),
    deep: calls('data:parse', { format: 'yaml', text: '['.repeat(100_000) }),
  });
  for (const [format, [, , reason]] of Object.entries(bad)) {
    expect(results[`${format}_fail`].error, format).toMatchObject({ reason });
    expect(results[`${format}_skip`].summary, format).toEqual({ count: 2, failed: 1 });
    expect(records(results, `${format}_letters`), format).toMatchObject([
      { error: { code: 'invalid-argument', reason }, record: { number: expect.any(Number) } },
    ]);
  }
  expect(results['yaml'].error).toMatchObject({ reason: 'data.malformed' });
  expect(results['heading'].error).toMatchObject({ reason: 'data.bad-header' });
  expect(results['pattern'].error).toMatchObject({ reason: 'data.bad-pattern' });
  expect(results['stray'].error).toMatchObject({ reason: 'data.parse-options' });
  expect(results['deep'].error).toMatchObject({ reason: 'data.malformed' });
});

test('records are written as CSV, TSV, YAML, lines, and read back', async () => {
  const items = [
    { name: 'ann', note: 'a,b' },
    { name: 'bob', note: '- "x": #y' },
  ];
  const formats = ['csv', 'tsv', 'yaml', 'json', 'ndjson'];
  const workloads = formats.flatMap((format) => [
    [`${format}_out`, `${reads('items', 'data:format', { format })}, register: ${format}`],
    [
      `${format}_in`,
      `process: { module: "data:parse", params: { format: ${format}, text: "{{ .${format}.summary.text }}" } }`,
    ],
    [`${format}_list`, reads(`${format}_in`, 'data:collect', {})],
  ]);
  const { code, results } = await runWorkloads({
    items: calls('data:generate_from_list', { items }),
    ...Object.fromEntries(workloads),
    lines: reads('items', 'data:format', { format: 'text_lines', columns: ['name'] }),
    none: calls('data:generate_from_list', { items: [] }),
    empty: reads('none', 'data:format', { format: 'yaml' }),
  });
  expect(code).toBe(0);
  for (const format of formats) {
    expect(records(results, `${format}_list`), format).toEqual(items);
  }
  expect(results['lines'].summary.text).toBe('ann\nbob\n');
  expect(results['yaml_out'].summary.text).toBe(
    `- name: ann\n  note: a,b\n- name: bob\n  note: '- "x": #y'\n`,
  );
  expect(results['empty'].summary).toEqual({ text: '[]\n', count: 0 });
});

test('aggregates of every kind, per group, and what does not fit', async () => {
  const items = [
    ...Array.from({ length: 100 }, (_, index) => ({ k: 'a', n: 100 - index })),
    { k: 'b', n: 5 },
    { k: 'b', n: 'not a number' },
    { k: 'b', n: null },
  ];
  const ops = ['avg', 'min', 'max', 'first', 'last', 'p50', 'p95', 'p99'];
  const aggregates = ops.map((op) => ({ op, field: 'n', as: op }));
  const keeping = { op: 'distinct', field: 'k', as: 'keys' };
  const { results } = await runWorkloads({
    items: calls('data:generate_from_list', { items }),
    stats: reads('items', 'data:aggregate', {
      group_by_fields: ['k'],
      aggregates,
      on_error: 'dead_letter',
    }),
    groups: reads('stats', 'data:collect', {}),
    unfit: reads('stats.dead_letter', 'data:collect', {}),
    distinct: reads('items', 'data:aggregate', { aggregates: [keeping, { op: 'count' }] }),
    keys: reads('distinct', 'data:collect', {}),
    strict: reads('items', 'data:aggregate', { aggregates: [{ op: 'p50', field: 'n' }] }),
    small: reads('items', 'data:aggregate', {
      aggregates: [{ op: 'collect', field: 'n' }],
      max_values: 10,
      on_error: 'skip',
    }),
  });
  expect(records(results, 'groups')).toEqual([
    { k: 'a', avg: 50.5, min: 1, max: 100, first: 100, last: 1, p50: 50, p95: 95, p99: 99 },
    { k: 'b', avg: 5, min: 5, max: 5, first: 5, last: 5, p50: 5, p95: 5, p99: 5 },
  ]);
  expect(records(results, 'unfit')).toMatchObject([
    { error: { reason: 'data.unfit-value' }, record: { n: 'not a number' } },
  ]);
  expect(results['stats'].summary).toEqual({ groups: 2, records: 102, failed: 1 });
  expect(records(results, 'keys')).toEqual([{ keys: ['a', 'b'], count: 103 }]);
  expect(results['strict'].error).toMatchObject({ reason: 'data.unfit-value' });
  expect(results['small'].error).toMatchObject({
    code: 'resource-exhausted',
    reason: 'data.too-many-values',
  });
});

test('a count window ends per group; a time window by the clock, though nothing comes', async () => {
  const slow = 'for n in 1 2; do echo "$n"; done; sleep 1.5; echo 3';
  const sum = [{ op: 'count', as: 'n' }];
  const { code, results } = await runWorkloads({
    items: calls('data:generate_from_list', { items: ['a', 'b', 'a', 'a', 'b', 'a', 'a'] }),
    counted: reads('items', 'data:aggregate', {
      group_by_fields: ['item'],
      aggregates: sum,
      count: 2,
    }),
    counts: reads('counted', 'data:collect', {}),
    lines: calls('exec', { shell: slow, stream: 'lines' }),
    timed: reads('lines', 'data:aggregate', { aggregates: sum, window: '500ms' }),
    times: reads('timed', 'data:collect', {}),
    gathered: reads('lines', 'data:batch', { size: 100, max_wait: '200ms' }),
    batches: reads('gathered', 'data:collect', {}),
    both: reads('items', 'data:aggregate', { aggregates: sum, window: '1s', count: 2 }),
  });
  expect(records(results, 'counts')).toEqual([
    { item: 'a', n: 2 },
    { item: 'b', n: 2 },
    { item: 'a', n: 2 },
    { item: 'a', n: 1 },
  ]);
  expect(records(results, 'times')).toEqual([{ n: 2 }, { n: 1 }]);
  expect(records(results, 'batches').map(({ count }: { count: number }) => count)).toEqual([2, 1]);
  expect(results['both'].error).toMatchObject({ reason: 'data.aggregate-window' });
  expect(code).toBe(1);
});

test('what is kept in memory is bounded, and the error names the bound', async () => {
  const { results } = await runWorkloads({
    items: calls('data:generate_from_list', { items: [1, 2, 3] }),
    sort: reads('items', 'data:sort', { by: ['item'], max_records: 2 }),
    dedupe: reads('items', 'data:dedupe', { max_keys: 2 }),
    groups: reads('items', 'data:aggregate', {
      group_by_fields: ['item'],
      aggregates: [{ op: 'count' }],
      max_groups: 2,
    }),
    split: reads('items', 'data:split', { field: 'item', on_error: 'dead_letter' }),
    letters: reads('split.dead_letter', 'data:collect', {}),
  });
  const hints: Record<string, string> = {
    sort: 'max_records',
    dedupe: 'max_keys',
    groups: 'max_groups',
  };
  for (const [name, param] of Object.entries(hints)) {
    expect(results[name].error, name).toMatchObject({
      code: 'resource-exhausted',
      hint: expect.stringContaining(param),
    });
  }
  expect(records(results, 'letters')).toHaveLength(3);
});

test('a hundred thousand records go through sort and dedupe', async () => {
  const { code, results } = await runWorkloads({
    lines: calls('exec', { shell: 'seq 50000; seq 50000', stream: 'lines' }),
    once: reads('lines', 'data:dedupe', { fields: ['line'] }),
    sorted: reads('once', 'data:sort', { by: [{ field: 'line', order: 'desc' }] }),
    first: reads('sorted', 'data:aggregate', {
      aggregates: [
        { op: 'first', field: 'line', as: 'first' },
        { op: 'last', field: 'line', as: 'last' },
        { op: 'count', as: 'n' },
      ],
    }),
    result: reads('first', 'data:collect', {}),
  });
  expect(code).toBe(0);
  expect(records(results, 'result')).toEqual([{ first: '9999', last: '1', n: 50_000 }]);
});

test('a record that is too large is set aside alone, and none of its neighbours is lost', async () => {
  const playbook = await playbookFile(`
  - { name: read, lifecycle: { policy: run_once }, process: { module: "data:parse", params: { format: ndjson, file: in.ndjson } } }
  - name: parse
    lifecycle: { policy: run_once }
    stream_inputs: [read]
    process: { module: "data:parse", params: { format: json, field: t, into: v, on_error: dead_letter } }
  - { name: good, lifecycle: { policy: run_once }, stream_inputs: [parse], process: { module: "data:aggregate", params: { aggregates: [{ op: count, as: n }] } } }
  - { name: total, lifecycle: { policy: run_once }, stream_inputs: [good], process: { module: "data:collect", params: {} } }
  - { name: bad, lifecycle: { policy: run_once }, stream_inputs: [parse.dead_letter], process: { module: "data:aggregate", params: { aggregates: [{ op: count }] } } }
`);
  const small = (count: number): string[] =>
    Array.from({ length: count }, (_, k) => JSON.stringify({ t: `{"k":${k}}` }));
  // Within the limit as it comes, twice as large with its parsed value beside it.
  const large = JSON.stringify({ t: JSON.stringify('y'.repeat(600_000)) });
  const lines = [...small(5), large, ...small(4)];
  await writeFile(path.join(path.dirname(playbook), 'in.ndjson'), `${lines.join('\n')}\n`);
  const { stdout } = await runOrk(['run', playbook, '--output', 'json']);
  const { workloads } = JSON.parse(stdout);
  expect(workloads.parse.summary).toMatchObject({ count: 9, failed: 1 });
  expect(workloads.total.summary.records).toEqual([{ n: 9 }]);
});
