import { describe, expect, it } from 'vitest';
import { errors, playbook } from '../../test/fixtures/playbooks/validating.ts';

const LIST = 'process: { module: data:generate_from_list, params: { items: [] } }';
const SUPERVISED = 'lifecycle: { policy: supervise }';
const EVENTS = 'lifecycle: { policy: event_driven, source: s }';
const HOURLY = 'lifecycle: { policy: scheduled, cron: "0 * * * *" }';
const SOURCE = `${SUPERVISED}, ${LIST}`;
const read = (text: string): string =>
  `process: { module: control:identity, params: { x: '{{ ${text} }}' } }`;

describe('a finally', () => {
  it('may depend on anything', async () => {
    const text = playbook({
      a: 'register: r',
      b: 'finally: true, depends_on: [a]',
      c: `finally: true, ${read('r.summary.x')}`,
      d: `finally: true, ${read('_ork.workloads.a.status')}`,
      e: 'finally: true, depends_on: [b, c]',
    });
    expect(await errors(text)).toEqual([]);
  });

  it.each([
    ['depends_on: [f]'],
    [read('r.summary.x')],
    ['when: \'{{ r.status == "Failed" }}\''],
    [`stream_inputs: [f]`],
    ['lifecycle: { policy: event_driven, source: f }'],
  ])('is depended on by another one only, not by %s', async (rest) => {
    const text = playbook({ f: 'finally: true, register: r', w: rest });
    expect(await errors(text)).toEqual([
      "'f' is a `finally`, so only another `finally` can depend on it (make 'w' a `finally` as well)",
    ]);
  });

  it('reads no stream of what has ended before it', async () => {
    const text = playbook({ a: LIST, f: 'finally: true, stream_inputs: [a]' });
    expect(await errors(text)).toEqual([
      "'f' runs after all else has ended, 'a' included: it cannot read its stream",
    ]);
  });

  it('reads the stream of another finally', async () => {
    const text = playbook({ f: `finally: true, ${LIST}`, g: 'finally: true, stream_inputs: [f]' });
    expect(await errors(text)).toEqual([]);
  });

  it('may belong to the run of a trigger', async () => {
    const text = playbook({ s: SOURCE, e: EVENTS, f: 'finally: true, depends_on: [e]' });
    expect(await errors(text)).toEqual([]);
  });
});

describe('the run of a trigger', () => {
  it('has the run_once workloads that depend on it, directly or not', async () => {
    const text = playbook({
      setup: 'register: ready',
      s: SOURCE,
      e: `${EVENTS}, register: r, depends_on: [setup], ${read('event.id')}`,
      b: read('r.summary.x + event.id'),
      c: 'stream_inputs: [b]',
      d: `depends_on: [c], ${read('event.id + ready.summary.x')}`,
    });
    expect(await errors(text)).toEqual([]);
  });

  it.each([
    [EVENTS, 'event'],
    [HOURLY, 'activation'],
  ])('is not waited for by what runs on its own: %s', async (trigger, occasion) => {
    for (const policy of [SUPERVISED, HOURLY, EVENTS]) {
      const text = playbook({ s: SOURCE, t: trigger, w: `${policy}, depends_on: [t]` });
      expect(await errors(text)).toEqual([
        `'w' cannot depend on 't', which runs anew for each ${occasion}`,
      ]);
    }
  });

  it('gives no events to another trigger', async () => {
    const text = playbook({
      h: HOURLY,
      a: `${LIST}, depends_on: [h]`,
      e: 'lifecycle: { policy: event_driven, source: a }',
    });
    expect(await errors(text)).toEqual([
      "'e' cannot depend on 'a', which runs anew for each activation",
    ]);
  });

  it('takes no stream from another run', async () => {
    const text = playbook({
      s: SOURCE,
      e: EVENTS,
      a: LIST,
      b: 'stream_inputs: [a], depends_on: [e]',
    });
    expect(await errors(text)).toEqual([
      "'b' reads the stream of 'a', which is not part of the same run",
    ]);
  });

  it('may read results of what ran before it', async () => {
    const text = playbook({ a: 'register: r', h: `${HOURLY}, ${read('r.summary.x')}` });
    expect(await errors(text)).toEqual([]);
  });
});

describe('a workload below two triggers', () => {
  it.each([
    ['directly', 'depends_on: [e, h]', []],
    ['by a result and an order', `depends_on: [h], ${read('_ork.workloads.e.summary')}`, []],
  ])('is refused: %s', async (_, rest) => {
    const text = playbook({ s: SOURCE, e: EVENTS, h: HOURLY, w: rest });
    expect(await errors(text)).toEqual([
      "'w' depends on two triggers: e and h (split it: each run has one trigger)",
    ]);
  });

  it('is refused with all that depends on it', async () => {
    const text = playbook({
      s: SOURCE,
      e: EVENTS,
      h: HOURLY,
      a: 'depends_on: [e]',
      b: 'depends_on: [h]',
      c: 'depends_on: [a, b]',
      d: 'depends_on: [c]',
    });
    expect(await errors(text)).toEqual([
      "'c' depends on two triggers: e and h (split it: each run has one trigger)",
      "'d' depends on two triggers: e and h (split it: each run has one trigger)",
    ]);
  });
});

describe('streams of supervised workloads', () => {
  it('are read by supervised workloads', async () => {
    const text = playbook({ s: SOURCE, t: `${SUPERVISED}, stream_inputs: [s]` });
    expect(await errors(text)).toEqual([]);
  });

  it('give events', async () => {
    expect(await errors(playbook({ s: SOURCE, e: EVENTS }))).toEqual([]);
  });

  it('do not reach into a run', async () => {
    expect(await errors(playbook({ s: SOURCE, w: 'stream_inputs: [s]' }))).toEqual([
      "'w' reads the stream of 's', which is not part of the same run (supervise 'w' too, or take the records as the events of an event_driven workload)",
    ]);
  });

  it('do not come out of a run', async () => {
    const text = playbook({ a: LIST, w: `${SUPERVISED}, stream_inputs: [a]` });
    expect(await errors(text)).toEqual([
      "'w' reads the stream of 'a', which is not part of the same run (supervise 'a' too)",
    ]);
  });

  it('are not judged where a policy is wrong', async () => {
    const text = playbook({ a: `lifecycle: {}, ${LIST}`, w: `${SUPERVISED}, stream_inputs: [a]` });
    expect(await errors(text)).toHaveLength(1);
  });
});

describe('a run_once workload', () => {
  it('may wait for a supervised one to be ready', async () => {
    expect(await errors(playbook({ s: SUPERVISED, w: 'depends_on: [s]' }))).toEqual([]);
  });

  it('may give events, one for each of its records', async () => {
    expect(await errors(playbook({ s: LIST, e: EVENTS }))).toEqual([]);
  });
});

describe('event and activation', () => {
  it.each([
    ['event', 'event_driven', HOURLY],
    ['activation', 'scheduled', EVENTS],
    ['event', 'event_driven', 'lifecycle: { policy: run_once }'],
    ['activation', 'scheduled', SUPERVISED],
  ])('%s exists only below %s workloads: %s', async (name, policy, lifecycle) => {
    const text = playbook({ s: SOURCE, w: `${lifecycle}, ${read(`${name}.x`)}` });
    expect(await errors(text)).toEqual([
      `'${name}' exists only in ${policy} workloads and what depends on them`,
    ]);
  });

  it('can be read by when and loop of the trigger itself', async () => {
    const text = playbook({
      s: SOURCE,
      e: `${EVENTS}, when: '{{ event.ok }}', loop: '{{ event.items }}', ${read('item.x + event.y')}`,
    });
    expect(await errors(text)).toEqual([]);
  });
});
