import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../types/json.ts';
import { StateBase } from './base.ts';
import type { AccessPolicy } from './policy.ts';
import { RunState } from './run-state.ts';
import type { WorkloadState } from './workload-state.ts';

interface Heard {
  doorOf(workload: string, policy?: Partial<AccessPolicy>): WorkloadState;
  accesses: string[];
  copies: string[];
}

function open(branches: JsonObject): Heard {
  const accesses: string[] = [];
  const copies: string[] = [];
  const run = new RunState(
    new StateBase(branches),
    {},
    {
      onAccess: ({ workload, operation, path, decision }) => {
        const rule =
          'granted' in decision ? `by ${decision.granted}` : `refused ${decision.denied}`;
        accesses.push(`${workload} ${operation} ${path.join('.')} ${rule}`);
      },
      onBranchCopied: (workload, path) => copies.push(`${workload} ${path.join('.')}`),
    },
  );
  run.recordWorkload('build', { status: 'Completed', summary: { n: 1 } });
  return {
    doorOf: (workload, policy) => run.of(workload, { access: 'copy_on_write', ...policy }),
    accesses,
    copies,
  };
}

const denied = (reason: string, hint?: string) =>
  expect.objectContaining({ code: 'denied', reason, ...(hint === undefined ? {} : { hint }) });

describe('what a workload may read', () => {
  const state = open({ vars: { region: 'eu', hosts: { a: { port: 1 }, b: { port: 2 } } } });

  test('nothing that its policy does not name', () => {
    expect(() => state.doorOf('w').get(['vars', 'region'])).toThrow(
      denied('state.not-granted', "if it should, give 'w' `state_policy: { read: [vars.region] }`"),
    );
  });

  test('what its policy names, and all below that', () => {
    const door = state.doorOf('reader', { read: ['vars.region', '_ork.workloads.build'] });
    expect(door.get(['vars', 'region'])).toBe('eu');
    expect(door.get(['_ork', 'workloads', 'build', 'summary', 'n'])).toBe(1);
    expect(door.get(['vars', 'region', 'nothing'])).toBeUndefined();
  });

  test('not what lies above or beside it; the hint keeps what is granted already', () => {
    const door = state.doorOf('beside', { read: ['vars.hosts.*.port'] });
    expect(() => door.get(['vars'])).toThrow(
      denied(
        'state.not-granted',
        'if it should, give \'beside\' `state_policy: { read: ["vars.hosts.*.port", vars] }`',
      ),
    );
    expect(() => door.get(['vars', 'region'])).toThrow(denied('state.not-granted'));
    expect(() => door.get(['vars', 'hosts', 'a'])).toThrow(denied('state.not-granted'));
  });

  test('`*` stands for any one key', () => {
    const door = state.doorOf('star', { read: ['vars.hosts.*.port'] });
    expect(door.get(['vars', 'hosts', 'b', 'port'])).toBe(2);
    const below = state.doorOf('below', { read: ['vars.hosts.*'] });
    expect(below.get(['vars', 'hosts', 'a'])).toEqual({ port: 1 });
    expect(() => below.get(['vars', 'hosts'])).toThrow(denied('state.not-granted'));
  });

  test('a key that an entry cannot spell is hinted at by `*`', () => {
    expect(() => state.doorOf('w').get(['hosts', 'a.example'])).toThrow(
      denied('state.not-granted', 'if it should, give \'w\' `state_policy: { read: ["hosts.*"] }`'),
    );
    expect(() => state.doorOf('w').get(['1st'])).toThrow(
      expect.objectContaining({ reason: 'state.not-granted', hint: undefined }),
    );
  });

  test('what it has written itself, until another writes over it', () => {
    const { doorOf } = open({});
    const [mine, other] = [doorOf('mine'), doorOf('other', { read: ['shared'] })];
    mine.set(['shared'], { count: 1 });
    expect(mine.get(['shared', 'count'])).toBe(1);
    expect(other.get(['shared'])).toEqual({ count: 1 });
    other.set(['shared', 'count'], 2);
    expect(() => mine.get(['shared', 'count'])).toThrow(denied('state.not-granted'));
  });

  test('a path that is none is told so, whatever the policy', () => {
    expect(() => state.doorOf('w').get([])).toThrow(
      expect.objectContaining({ code: 'invalid-argument', reason: 'state.bad-path' }),
    );
  });
});

describe('what a workload may write', () => {
  test('nothing with a read-only policy', () => {
    const door = open({}).doorOf('w', { access: 'read_only', read: ['a'] });
    expect(() => door.set(['a'], 1)).toThrow(
      denied('state.read-only', "if it should, give 'w' `state_policy: { access: copy_on_write }`"),
    );
    expect(door.get(['a'])).toBeUndefined();
  });

  test('anything but the kernel’s branch otherwise', () => {
    const door = open({}).doorOf('w');
    door.set(['a'], 1);
    expect(() => door.set(['_ork', 'x'], 1)).toThrow(denied('state.kernel-owned'));
  });
});

describe('what is told', () => {
  test('the first use by each rule', () => {
    const { doorOf, accesses } = open({ vars: { a: 1, b: 2 } });
    const door = doorOf('w', { read: ['vars'] });
    door.get(['vars', 'a']);
    door.get(['vars', 'b']);
    door.set(['mine', 'x'], 1);
    door.set(['mine', 'y'], 2);
    door.get(['mine', 'x']);
    doorOf('w', { read: ['vars'] }).get(['vars']);
    expect(accesses).toEqual([
      'w get vars.a by vars',
      'w set mine.x by copy_on_write',
      'w get mine.x by own-write',
    ]);
  });

  test('each refusal once, and a hundred of them', () => {
    const { doorOf, accesses } = open({});
    const door = doorOf('w', { access: 'read_only' });
    for (let index = 0; index < 150; index++) {
      expect(() => door.get(['secret', `${index}`])).toThrow();
      expect(() => door.get(['secret', `${index}`])).toThrow();
    }
    expect(accesses).toHaveLength(100);
    expect(accesses[0]).toBe('w get secret.0 refused state.not-granted');
    const writer = doorOf('writer');
    expect(() => writer.set(['_ork', 'x'], 1)).toThrow();
    expect(accesses.at(-1)).toBe('writer set _ork.x refused state.kernel-owned');
  });

  test('each branch of the base when it is copied, once in the run', () => {
    const { doorOf, copies } = open({ vars: { deep: { a: 1 } } });
    doorOf('first').set(['vars', 'deep', 'b'], 1);
    doorOf('second').set(['vars', 'deep', 'c'], 1);
    doorOf('second').set(['new'], 1);
    expect(copies).toEqual(['first vars', 'first vars.deep']);
  });
});
