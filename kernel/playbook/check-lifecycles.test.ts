import { describe, expect, it } from 'vitest';
import { errors, playbook, validate } from '../../test/fixtures/playbooks/validating.ts';

describe('a cron expression', () => {
  const scheduled = (cron: string): string =>
    playbook({ a: `lifecycle: { policy: scheduled, cron: ${JSON.stringify(cron)} }` });
  const example = 'minute hour day month weekday, such as "*/5 * * * *"';

  it.each([
    '*/5 * * * *',
    '0 3 * * *',
    '30 0 3 * * *',
    '0 9-17 * * mon-fri',
    '0 0 L * *',
    '0 0 1 jan,jul *',
  ])('may be %s', async (cron) => {
    expect(await errors(scheduled(cron))).toEqual([]);
  });

  it.each([
    ['* * * *', 'a cron expression has 5 or 6 fields, and this one has 4'],
    ['@daily', 'a cron expression has 5 or 6 fields, and this one has 1'],
    ['* * * * * * *', 'a cron expression has 5 or 6 fields, and this one has 7'],
    ['', 'a cron expression has 5 or 6 fields, and this one has 0'],
    ['H 3 * * *', "'H 3 * * *' has an H, which stands for a time chosen at random"],
    ['0 H(1-3) * * *', "'0 H(1-3) * * *' has an H, which stands for a time chosen at random"],
    ['60 * * * *', /^'60 \* \* \* \*' is not a cron expression: .*0-59/],
    ['0 0 30 2 *', /^'0 0 30 2 \*' is not a cron expression: /],
    ['0 0 * * funday', /^'0 0 \* \* funday' is not a cron expression: /],
  ])('may not be %s', async (cron, expected) => {
    const { problems } = await validate(scheduled(cron));
    expect(problems).toMatchObject([
      { severity: 'error', reason: 'playbook.cron', hint: example, position: { line: 4 } },
    ]);
    expect(problems[0]?.message).toMatch(expected);
  });

  it('is required', async () => {
    expect(await errors(playbook({ a: 'lifecycle: { policy: scheduled }' }))).toEqual([
      '`cron` is required',
    ]);
  });

  it.each([
    ['Europe/Berlin', []],
    ['UTC', []],
    ['Berlin', ["there is no time zone 'Berlin' (use a name such as Europe/Berlin)"]],
  ])('is read in the time zone %s', async (zone, expected) => {
    const text = playbook({
      a: `lifecycle: { policy: scheduled, cron: "0 3 * * *", timezone: ${zone} }`,
    });
    expect(await errors(text)).toEqual(expected);
  });
});

describe('a policy', () => {
  it('is one of four', async () => {
    expect(await errors(playbook({ a: 'lifecycle: { policy: run_onec }' }))).toEqual([
      '`policy` must be run_once, supervise, event_driven or scheduled',
    ]);
  });

  it('is required', async () => {
    expect(await errors(playbook({ a: 'lifecycle: {}' }))).toEqual([
      '`policy` is required (it must be run_once, supervise, event_driven or scheduled)',
    ]);
  });
});

describe('a loop', () => {
  it('is needed for loop_control', async () => {
    expect(await errors(playbook({ a: 'loop_control: { parallel: 2 }' }))).toEqual([
      '`loop_control` needs a `loop`',
    ]);
  });

  it('has no stream_inputs', async () => {
    expect(await errors(playbook({ a: '', b: 'loop: [1], stream_inputs: [a]' }))).toEqual([
      'a workload with a `loop` cannot have `stream_inputs`: which item would read them?',
    ]);
  });
});

describe('stream_inputs', () => {
  const boundary = 'no stream crosses the boundary of a run';

  it('are refused on a scheduled workload', async () => {
    const text = playbook({
      a: '',
      b: 'lifecycle: { policy: scheduled, cron: "0 3 * * *" }, stream_inputs: [a]',
    });
    expect(await errors(text)).toEqual([
      `${boundary}, so a workload that is scheduled has no \`stream_inputs\``,
    ]);
  });

  it('are refused on an event_driven workload, which has a source', async () => {
    const text = playbook({
      a: '',
      b: 'lifecycle: { policy: event_driven, source: a }, stream_inputs: [a]',
    });
    expect(await errors(text)).toEqual([
      `${boundary}, so a workload that is event_driven has no \`stream_inputs\` (name the producer of its events in lifecycle.source)`,
    ]);
  });
});

describe('a finally', () => {
  it.each(['supervise', 'scheduled, cron: "0 3 * * *"', 'event_driven, source: s'])(
    'is not %s',
    async (policy) => {
      const text = playbook({ s: '', a: `lifecycle: { policy: ${policy} }, finally: true` });
      expect(await errors(text)).toEqual(['only a run_once workload can be a `finally`']);
    },
  );
});
