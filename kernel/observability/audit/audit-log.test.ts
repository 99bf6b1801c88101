import { describe, expect, test, vi } from 'vitest';
import type { OrkError } from '../../types/errors.ts';
import type { JsonObject } from '../../types/json.ts';
import { GENESIS, keyedSeal, MAX_LINE_BYTES, plainSeal } from './audit-chain.ts';
import type { AuditEvent } from './audit-event.ts';
import { AuditLog, type AuditLogOptions, type AuditSink } from './audit-log.ts';
import { type ChainReport, verifyChain } from './verify-chain.ts';

/** Keeps what is written, and fails from a given call on. */
class MemorySink implements AuditSink {
  readonly calls: string[] = [];
  text = '';
  failing: string | undefined;

  async append(lines: string): Promise<void> {
    this.#call('append');
    this.text += lines;
  }

  async sync(): Promise<void> {
    this.#call('sync');
  }

  async close(): Promise<void> {
    this.#call('close');
  }

  lines(): JsonObject[] {
    return this.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  #call(name: string): void {
    if (this.calls.includes('close')) throw new Error(`${name} after close`);
    this.calls.push(name);
    if (this.failing === name) throw new Error('ENOSPC: no space left on device');
  }
}

function open(options: Partial<AuditLogOptions> = {}): { log: AuditLog; sink: MemorySink } {
  const sink = new MemorySink();
  return { sink, log: new AuditLog(sink, { actor: 'user:me', run: 'r1', ...options }) };
}

const scheduled = (workload: string): AuditEvent => ({
  event: 'workload.scheduled',
  time: 1_000,
  workload,
  detail: { reason: 'dependencies satisfied' },
});

function check(text: string, seal = plainSeal): Promise<ChainReport> {
  const pieces = (async function* () {
    yield Buffer.from(text);
  })();
  return verifyChain([{ name: 'log', pieces }], { seal });
}

describe('a line', () => {
  test('says when, what, who, which workload of which run, and what it follows', async () => {
    const { log, sink } = open();
    log.record(scheduled('build'));
    await log.flush();
    expect(sink.text).toMatch(
      /^\{"seq":1,"time":"1970-01-01T00:00:01.000Z","event":"workload.scheduled","actor":"user:me","workload":"build","run":"r1","detail":\{"reason":"dependencies satisfied"\},"prev":"0{64}","hash":"[0-9a-f]{64}"\}\n$/,
    );
  });

  test('has the hash of its text up to there, as other tools compute it', async () => {
    const { log, sink } = open();
    log.record(scheduled('build'));
    await log.flush();
    const [open_, hash] = sink.text.trimEnd().split(',"hash":"') as [string, string];
    expect(hash).toBe(`${plainSeal(`${open_}}`)}"}`);
  });

  test('names neither workload nor run where there is none', async () => {
    const sink = new MemorySink();
    const log = new AuditLog(sink, { actor: 'cn:ops' });
    log.record({ event: 'run.started', time: 0, detail: { playbook: 'demo', sha256: '' } });
    await log.flush();
    expect(sink.lines()[0]).toMatchObject({ actor: 'cn:ops', workload: null, run: null });
  });

  test('names the run that the event is of, where that is another one', async () => {
    const { log, sink } = open();
    log.record({ ...scheduled('outer/build'), run: 'inner' });
    log.record(scheduled('build'));
    await log.flush();
    expect(sink.lines().map(({ run }) => run)).toEqual(['inner', 'r1']);
  });

  test('asks for its detail when it is written, not when the event is recorded', async () => {
    const { log, sink } = open();
    let asked = false;
    const detail = {
      playbook: 'demo',
      get sha256() {
        asked = true;
        return 'd1';
      },
    };
    log.record({ event: 'run.started', time: 0, detail });
    expect(asked).toBe(false);
    await log.flush();
    expect(sink.lines()[0]?.['detail']).toEqual({ playbook: 'demo', sha256: 'd1' });
  });

  test('holds no secret, and its hash fits what is left', async () => {
    const { log, sink } = open({
      redact: (fields) => JSON.parse(JSON.stringify(fields).replaceAll('hunter22', '***')),
    });
    log.record({
      event: 'state.access',
      time: 0,
      workload: 'w',
      detail: { operation: 'get', path: 'vars.hunter22', denied: 'state.not-granted' },
    });
    await log.flush();
    expect(sink.lines()[0]?.['detail']).toMatchObject({ path: 'vars.***' });
    expect((await check(sink.text)).problem).toBeNull();
  });

  test.each<[string, JsonObject]>([
    ['a long text', { text: 'x'.repeat(1_000_000) }],
    ['a text of control characters', { text: '\u0001'.repeat(100_000) }],
    ['many long texts', { list: Array.from({ length: 500 }, () => 'x'.repeat(5000)) }],
    ['a long key', { ['k'.repeat(100_000)]: 1 }],
    ['many keys', Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key${i}`, i]))],
    ['a deep value', JSON.parse(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`)],
    ['half a character', { text: `${'x'.repeat(2047)}😀` }],
  ])('is bounded, whatever its detail: %s', async (_, detail) => {
    const { log, sink } = open();
    log.record({ ...scheduled('\u0001'.repeat(100_000)), detail } as unknown as AuditEvent);
    await log.flush();
    expect(Buffer.byteLength(sink.text)).toBeLessThanOrEqual(MAX_LINE_BYTES);
    expect(await check(sink.text)).toMatchObject({ lines: 1, problem: null });
  });

  test('shows of a deep value six levels', async () => {
    const { log, sink } = open();
    const deep = JSON.parse('{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}');
    log.record({ ...scheduled('w'), detail: deep } as unknown as AuditEvent);
    await log.flush();
    expect(JSON.stringify(sink.lines()[0]?.['detail'])).toBe(
      '{"a":{"a":{"a":{"a":{"a":{"a":"…"}}}}}}',
    );
  });

  test('shows of a long text its start', async () => {
    const { log, sink } = open();
    log.record({
      event: 'run.started',
      time: 0,
      detail: { playbook: 'x'.repeat(3000), sha256: '' },
    });
    await log.flush();
    expect(sink.lines()[0]?.['detail']).toEqual({ playbook: `${'x'.repeat(2048)}…`, sha256: '' });
  });
});

describe('the chain', () => {
  test('is in order, and its head is what a flush gives', async () => {
    const { log, sink } = open();
    for (let index = 0; index < 100; index++) log.record(scheduled(`w${index}`));
    const head = await log.flush();
    expect(await check(sink.text)).toMatchObject({ lines: 100, head, problem: null });
    log.record(scheduled('last'));
    expect(await log.flush()).toMatchObject({ seq: 101 });
  });

  test('with a key is not the one without', async () => {
    const seal = keyedSeal(Buffer.alloc(32, 3));
    const { log, sink } = open({ seal });
    log.record(scheduled('w'));
    await log.flush();
    expect((await check(sink.text, seal)).problem).toBeNull();
    expect((await check(sink.text)).problem).not.toBeNull();
  });

  test('goes on from the head of an earlier log', async () => {
    const first = open();
    first.log.record(scheduled('a'));
    const head = await first.log.close();
    const second = open({ head });
    second.log.record(scheduled('b'));
    await second.log.close();
    expect(await check(first.sink.text + second.sink.text)).toMatchObject({
      lines: 2,
      problem: null,
    });
  });

  test('of a log without lines has the head that it began with', async () => {
    expect(await open().log.flush()).toEqual(GENESIS);
  });
});

describe('writing', () => {
  test('what is recorded in one turn is one write, and one sync for all who wait', async () => {
    const { log, sink } = open();
    for (let index = 0; index < 50; index++) log.record(scheduled(`w${index}`));
    await Promise.all([log.flush(), log.flush()]);
    expect(sink.calls).toEqual(['append', 'sync']);
  });

  test('what is recorded while a write goes on comes with the next', async () => {
    const { log, sink } = open();
    log.record(scheduled('a'));
    await log.flush();
    log.record(scheduled('b'));
    await log.flush();
    expect(sink.lines().map(({ workload }) => workload)).toEqual(['a', 'b']);
  });

  test('closing flushes, and nothing is recorded afterwards', async () => {
    const { log, sink } = open();
    log.record(scheduled('a'));
    await Promise.all([log.close(), log.close()]);
    log.record(scheduled('b'));
    expect(sink.lines()).toHaveLength(1);
    expect(sink.calls).toEqual(['append', 'sync', 'close']);
  });

  test('who flushes while the log is being closed waits for that', async () => {
    const { log, sink } = open();
    log.record(scheduled('a'));
    const heads = await Promise.all([log.close(), log.flush()]);
    expect(heads[1]).toEqual(heads[0]);
    expect(await log.flush()).toEqual(heads[0]);
    expect(sink.calls).toEqual(['append', 'sync', 'close']);
  });

  test('takes nothing any more once it is closed', async () => {
    const { log, sink } = open();
    log.record(scheduled('a'));
    await log.close();
    log.record(scheduled('b'));
    await new Promise(setImmediate);
    expect(sink.calls).toEqual(['append', 'sync', 'close']);
    expect(log.failed).toBeUndefined();
  });

  test('a sync that is due when the log is closed does not come after that', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      for (const order of ['before', 'after']) {
        const { log, sink } = open();
        log.record(scheduled('a'));
        await vi.waitUntil(() => sink.calls.includes('append'), { interval: 1 });
        if (order === 'before') vi.advanceTimersByTime(1000);
        const closing = log.close();
        if (order === 'after') vi.advanceTimersByTime(1000);
        await closing;
        await new Promise(setImmediate);
        expect(log.failed).toBeUndefined();
        expect(sink.calls.at(-1)).toBe('close');
      }
    } finally {
      vi.useRealTimers();
    }
  });

  test('nobody need flush for a line to be synced', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      const { log, sink } = open();
      log.record(scheduled('a'));
      await vi.waitUntil(() => sink.calls.includes('append'), { interval: 1 });
      vi.advanceTimersByTime(1000);
      await vi.waitUntil(() => sink.calls.includes('sync'), { interval: 1 });
      expect(sink.calls).toEqual(['append', 'sync']);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a disk that takes no more', () => {
  test.each(['append', 'sync'])(
    'makes the log fail visibly, when it refuses to %s',
    async (call) => {
      const failures: OrkError[] = [];
      const { log, sink } = open({ onFailed: (error) => failures.push(error) });
      sink.failing = call;
      expect(log.failed).toBeUndefined();
      log.record(scheduled('a'));
      const unwritable = { code: 'resource-exhausted', reason: 'audit.unwritable' };
      await expect(log.flush()).rejects.toMatchObject({
        ...unwritable,
        message: 'the audit log cannot be written: ENOSPC: no space left on device',
      });
      expect(log.failed).toMatchObject(unwritable);
      await expect(log.flush()).rejects.toMatchObject(unwritable);
      log.record(scheduled('b'));
      await expect(log.close()).rejects.toMatchObject(unwritable);
      expect(failures).toEqual([log.failed]);
      expect(sink.calls.at(-1)).toBe('close');
    },
  );

  test('is not tried again: what was written stays in order', async () => {
    const { log, sink } = open();
    log.record(scheduled('a'));
    await log.flush();
    sink.failing = 'append';
    log.record(scheduled('b'));
    await expect(log.flush()).rejects.toMatchObject({ reason: 'audit.unwritable' });
    sink.failing = undefined;
    log.record(scheduled('c'));
    await expect(log.flush()).rejects.toMatchObject({ reason: 'audit.unwritable' });
    await new Promise(setImmediate);
    expect(sink.calls).toEqual(['append', 'sync', 'append']);
    expect(await check(sink.text)).toMatchObject({ lines: 1, problem: null });
  });

  test('that takes lines more slowly than they come fails the log before memory does', async () => {
    const onFailed = vi.fn();
    const { log, sink } = open({ onFailed });
    sink.append = () => new Promise(() => {});
    log.record(scheduled('first'));
    await new Promise(setImmediate);
    const waiting = log.flush();
    waiting.catch(() => {});
    for (let index = 0; index < 200_000 && log.failed === undefined; index++) {
      log.record(scheduled('w'));
    }
    expect(log.failed).toMatchObject({ reason: 'audit.unwritable' });
    // Whoever is told may be the one that records: not in the middle of that.
    expect(onFailed).not.toHaveBeenCalled();
    await expect(waiting).rejects.toMatchObject({ reason: 'audit.unwritable' });
    expect(onFailed).toHaveBeenCalledOnce();
  });
});
