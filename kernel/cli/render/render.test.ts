import { describe, expect, test } from 'vitest';
import type { RunReport, WorkloadResult } from '../../engine/events.ts';
import type { WorkloadName } from '../../playbook/model.ts';
import { formatElapsed } from './numbers.ts';
import { printable, printableLine } from './printable.ts';
import { reportToJson } from './report-json.ts';
import { failuresToText, logText, reportToText } from './report-text.ts';
import { makeStyle } from './style.ts';
import { drawTree, type TreeNode } from './tree.ts';

const plain = makeStyle(false);

function result(fields: Partial<WorkloadResult>): WorkloadResult {
  const base = { summary: null, error: null, attempts: 1, startedAt: 0, durationMs: 1500 };
  return { status: 'Completed', ...base, ...fields };
}

function report(
  workloads: Record<string, WorkloadResult>,
  fields: Partial<RunReport> = {},
): RunReport {
  return {
    dryRun: false,
    runId: 'r',
    playbook: 'p',
    status: 'Completed',
    startedAt: 0,
    durationMs: 2000,
    outputs: {},
    workloads: new Map(Object.entries(workloads)) as Map<WorkloadName, WorkloadResult>,
    notEnforced: [],
    error: null,
    ...fields,
  };
}

const boom = { code: 'io', reason: 'io.eio', message: 'it broke', hint: 'mend it' } as const;

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1500, '1.5 s'],
  [185_000, '3 min 5 s'],
])('%d milliseconds read as %s', (milliseconds, text) => {
  expect(formatElapsed(milliseconds)).toBe(text);
});

describe('text from outside', () => {
  test.each([
    ['\u001b[31mred', '\\x1b[31mred'],
    ['a\rb', 'a\\x0db'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['tab\tand\nline', 'tab\tand\nline'],
    ['grüße 日本', 'grüße 日本'],
  ])('%j is shown as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test('stays on one line where a line is wanted', () => {
    expect(printableLine('a\nb\tc')).toBe('a\\nb c');
  });
});

describe('the text report', () => {
  test('of a dry run says what would change', () => {
    const workloads = {
      file: result({ summary: { changed: true } }),
      same: result({ summary: { changed: false } }),
      other: result({ summary: { changed: 'much' } }),
    };
    const shown = reportToText(report(workloads, { dryRun: true }), plain)
      .split('\n')
      .slice(0, 5);
    expect(shown).toEqual([
      'p completed (dry run) in 2.0 s',
      '',
      '  ✓ file   completed     1.5 s  (would change)',
      '  ✓ same   completed     1.5 s  (no change)',
      '  ✓ other  completed     1.5 s',
    ]);
    expect(reportToText(report(workloads), plain)).not.toContain('change');
  });

  test('has one line a workload, with records and reasons', () => {
    const text = reportToText(
      report({
        good: result({ recordsOut: 12345 }),
        gone: result({ status: 'Skipped', startedAt: null, reason: "upstream 'x' failed" }),
        bad: result({ status: 'Failed', error: boom, ignored: true }),
      }),
      plain,
    );
    expect(text).toBe(
      'p completed in 2.0 s\n\n' +
        '  ✓ good  completed     1.5 s  12,345 records\n' +
        "  - gone  skipped    (upstream 'x' failed)\n" +
        '  ✗ bad   failed        1.5 s  (ignored)\n',
    );
  });

  test('shows outputs and what was not enforced', () => {
    const outputs = { file: 'a.txt', list: [1, 2] };
    const text = reportToText(report({}, { outputs, notEnforced: ['seccomp'] }), plain);
    expect(text).toContain('file: a.txt\n');
    expect(text).toContain('list: \n[\n  1,\n  2\n]\n');
    expect(text).toContain('not enforced: seccomp\n');
  });

  test('tells each failure with its reason and what to do', () => {
    const text = failuresToText(report({ bad: result({ status: 'Failed', error: boom }) }), plain);
    expect(text).toBe(
      "error: workload 'bad' failed: it broke\n  reason: io.eio (io)\n  hint: mend it\n",
    );
  });
});

test('a log line names its workload and carries its fields', () => {
  const line = { level: 'warn', message: 'low\nspace', fields: '{"free":1}' } as const;
  expect(logText('w', line, plain)).toBe('w: low\\nspace {"free":1}');
});

test('the JSON report has the names of the documented form', () => {
  expect(reportToJson(report({ w: result({ summary: { a: 1 } }) }))).toEqual({
    run_id: 'r',
    playbook: 'p',
    status: 'Completed',
    started_at: '1970-01-01T00:00:00.000Z',
    duration_ms: 2000,
    error: null,
    outputs: {},
    workloads: {
      w: {
        status: 'Completed',
        summary: { a: 1 },
        error: null,
        attempts: 1,
        started_at: '1970-01-01T00:00:00.000Z',
        duration_ms: 1500,
      },
    },
    not_enforced: [],
  });
});

describe('the live tree', () => {
  const nodes: TreeNode[] = [
    {
      name: 'find',
      sources: [],
      state: { kind: 'running', since: 0, records: 2000, retries: 0, ready: false, fillRatio: 0.5 },
    },
    { name: 'parse', sources: ['find'], state: { kind: 'waiting' } },
    { name: 'write', sources: [], state: { kind: 'ended', result: result({}) } },
  ];
  const frame = { title: 'p', nodes, now: 1000, startedAt: 0, tick: 0, columns: 80, rows: 24 };

  test('indents consumers below their producer, with rates and fill bars', () => {
    expect(drawTree(frame, plain)).toEqual([
      'p  1/3  1.0 s',
      '  ⠋ find     running       1.0 s  2,000 records  2,000/s  ▕████░░░░▏',
      '  └ · parse',
      '  ✓ write    completed     1.5 s',
    ]);
  });

  test('shows items, retries, and which service is ready', () => {
    const running = { kind: 'running', since: 0, records: 0, fillRatio: 0 } as const;
    const shown: TreeNode[] = [
      {
        name: 'loop',
        sources: [],
        state: { ...running, retries: 2, ready: false, items: 9, itemsDone: 4 },
      },
      { name: 'serve', sources: [], state: { ...running, retries: 0, ready: true } },
    ];
    expect(drawTree({ ...frame, nodes: shown, tick: 1 }, plain).slice(1)).toEqual([
      '  ⠙ loop   running       1.0 s  4/9 items  ↻ 2',
      '  ⠙ serve  ready         1.0 s',
    ]);
  });

  test('keeps to the height of the terminal and says what it leaves out', () => {
    const lines = drawTree({ ...frame, rows: 4 }, plain);
    expect(lines).toHaveLength(3);
    expect(lines[1]).toContain('find');
    expect(lines[2]).toBe('  … and 2 more');
  });
});
