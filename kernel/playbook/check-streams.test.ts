import { describe, expect, it } from 'vitest';
import { errors, playbook, validate, warnings } from '../../test/fixtures/playbooks/validating.ts';

const PRODUCER = 'data:generate_from_list, params: { items: [] }';
const NO_STREAM = 'test:assert, params: { that: true }';

function process(module: string): string {
  return `process: { module: ${module} }`;
}

function streams(first: string, second: string, input: string): string {
  return playbook({ a: process(first), b: `stream_inputs: [${input}], ${process(second)}` });
}

describe('stream_inputs', () => {
  it.each([
    ['a producer', PRODUCER, 'data:collect', 'a'],
    ['its main port by name', PRODUCER, 'data:collect', 'a.main'],
    ['another port', 'data:map', 'data:collect', 'a.dead_letter'],
    ['two ports of one producer', 'data:map', 'data:collect', 'a, a.dead_letter'],
    ['a producer that is asked to', 'exec, params: { stream: lines }', 'data:collect', 'a'],
  ])('may name %s', async (_, first, second, input) => {
    expect(await errors(streams(first, second, input))).toEqual([]);
  });

  it.each([
    ['what does not exist', PRODUCER, 'data:collect', 'x', "there is no workload 'x'"],
    ['itself', PRODUCER, 'data:map', 'b', "'b' cannot wait for itself"],
    [
      'a module that produces none',
      NO_STREAM,
      'data:collect',
      'a',
      "'a' is test:assert, which does not produce a stream",
    ],
    [
      'a consumer',
      'data:collect',
      'data:collect',
      'a',
      "'a' is data:collect, which does not produce a stream",
    ],
    [
      'a port that does not exist',
      'data:map',
      'data:collect',
      'a.dead_leter',
      "data:map has no port 'dead_leter' (did you mean 'dead_letter'?)",
    ],
    [
      'a port of a module without others',
      PRODUCER,
      'data:collect',
      'a.errors',
      "data:generate_from_list has no port 'errors' (it has: main)",
    ],
    ['a port without a name', 'data:map', 'data:collect', 'a.', "data:map has no port ''"],
    [
      'a producer that was not asked to',
      'exec, params: { shell: ls }',
      'data:collect',
      'a',
      "'a' produces no stream: its param `stream` is 'none' (set it, e.g. stream: lines)",
    ],
    [
      'a transform that was not asked to',
      'data:format',
      'data:collect',
      'a',
      "'a' produces no stream: its param `stream` is false (set it, e.g. stream: true)",
    ],
    ['one producer twice', PRODUCER, 'data:collect', 'a, a', "'a' is listed twice"],
    ['one port by two names', PRODUCER, 'data:collect', 'a, a.main', "'a.main' is listed twice"],
  ])('may not name %s', async (_, first, second, input, expected) => {
    const [found = '', ...more] = await errors(streams(first, second, input));
    expect(found).toContain(expected);
    expect(more).toEqual([]);
  });

  it('are for modules that take a stream', async () => {
    expect(await errors(streams(PRODUCER, NO_STREAM, 'a'))).toEqual([
      'test:assert does not take a stream',
    ]);
  });

  it('are for pipelines whose first step takes a stream', async () => {
    const pipeline =
      'stream:pipeline, params: { steps: [{ module: exec, params: { stream: lines } }] }';
    expect(await errors(streams(PRODUCER, pipeline, 'a'))).toEqual([
      'stream:pipeline does not take a stream',
    ]);
  });
});

describe('the source of events', () => {
  const listening = (module: string, source: string): string =>
    playbook({
      a: `lifecycle: { policy: supervise }, ${process(module)}`,
      e: `lifecycle: { policy: event_driven, source: ${source} }`,
    });

  it.each([
    [PRODUCER, 'a'],
    ['data:map', 'a.dead_letter'],
  ])('may be %s as %s', async (module, source) => {
    expect(await errors(listening(module, source))).toEqual([]);
  });

  it.each([
    [NO_STREAM, 'a', "'a' is test:assert, which does not produce a stream"],
    [PRODUCER, 'a.x', "data:generate_from_list has no port 'x' (it has: main)"],
    [PRODUCER, 'aa', "there is no workload 'aa' (did you mean 'a'?)"],
    [PRODUCER, 'e', "'e' cannot wait for itself"],
    ['exec, params: { shell: ls }', 'a', "'a' produces no stream: its param `stream` is 'none'"],
  ])('may not be %s as %s', async (module, source, expected) => {
    expect(await errors(listening(module, source))).toEqual([expect.stringContaining(expected)]);
  });

  it('is required', async () => {
    const text = playbook({ e: 'lifecycle: { policy: event_driven }' });
    expect(await errors(text)).toEqual(['`source` is required']);
  });

  it('needs no module that takes a stream', async () => {
    const text = playbook({
      a: `lifecycle: { policy: supervise }, ${process(PRODUCER)}`,
      e: `lifecycle: { policy: event_driven, source: a }, ${process(NO_STREAM)}`,
    });
    expect(await errors(text)).toEqual([]);
  });

  it('joins no group of streams, and comes before the events', async () => {
    const { graph } = await validate(listening(PRODUCER, 'a'));
    expect(graph?.edges).toEqual([{ from: 'a', to: 'e', kind: 'trigger', port: 'main' }]);
    expect(graph?.groups).toEqual([['a'], ['e']]);
  });
});

describe('a stream that nobody reads is warned of', () => {
  const hint = '(consume it with stream_inputs: [a])';
  const unread = [`nobody reads the stream of 'a': its records are counted and dropped ${hint}`];

  it.each([
    ['of a producer', PRODUCER, unread],
    ['of one that was asked to', 'exec, params: { stream: lines }', unread],
    ['but not of one that was not', 'exec, params: { shell: ls }', []],
    ['nor of a module that gets no records to pass on', 'control:identity', []],
  ])('%s', async (_, module, expected) => {
    expect(await warnings(playbook({ a: process(module) }))).toEqual(expected);
  });

  it('of a transform that reads one', async () => {
    const text = playbook({ s: process(PRODUCER), a: 'stream_inputs: [s]' });
    expect(await warnings(text)).toEqual(unread);
    const off = text.replace('control:identity', 'data:format');
    expect(await warnings(off)).toEqual([]);
  });

  it('of one whose rejects alone are read', async () => {
    const text = playbook({
      s: process(PRODUCER),
      a: `stream_inputs: [s], ${process('data:map, params: { fields: {} }')}`,
      b: `stream_inputs: [a.dead_letter], ${process('data:collect')}`,
    });
    expect(await warnings(text)).toEqual(unread);
  });

  it('but not of one that is read in a wrong way', async () => {
    const text = playbook({
      a: `stream_inputs: [a], ${process('data:map, params: { fields: {} }')}`,
    });
    expect(await warnings(text)).toEqual([]);
    expect(await errors(text)).toEqual(["'a' cannot wait for itself"]);
  });

  it('but not of a source of events', async () => {
    const text = playbook({
      a: `lifecycle: { policy: supervise }, ${process(PRODUCER)}`,
      e: 'lifecycle: { policy: event_driven, source: a }',
    });
    expect(await warnings(text)).toEqual([]);
  });

  it('and does not stop the playbook', async () => {
    const { playbook: compiled } = await validate(playbook({ a: process(PRODUCER) }));
    expect(compiled).toBeDefined();
  });

  it.each([
    ['a', 1],
    ['a, a.dead_letter', 0],
  ])('when it holds what was rejected: %s', async (inputs, count) => {
    const text = streams('data:map, params: { on_error: dead_letter }', 'data:collect', inputs);
    expect(await warnings(text)).toHaveLength(count);
  });
});

describe('a consumer without a stream is warned of', () => {
  it('unless each event is its stream', async () => {
    expect(await warnings(playbook({ a: process('data:collect') }))).toEqual([
      "data:collect reads a stream, and 'a' has none (name its producers in stream_inputs)",
    ]);
    const fed = playbook({
      s: `lifecycle: { policy: supervise }, ${process(PRODUCER)}`,
      e: `lifecycle: { policy: event_driven, source: s }, ${process('data:collect')}`,
    });
    expect(await warnings(fed)).toEqual([]);
  });
});
