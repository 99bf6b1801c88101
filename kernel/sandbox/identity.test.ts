import { expect, test } from 'vitest';
import { type Accounts, workerIds } from './identity.ts';

const WHOLE = '         0          0 4294967295\n';
const passwd =
  'root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:\nalice:x:1000:1001::/home/alice:/bin/sh\n';
const root: Accounts = { own: { uid: 0, gid: 0 }, passwd, uidMap: WHOLE, pid: 70_000 };
const alice: Accounts = { ...root, own: { uid: 1000, gid: 1001 } };

test('root starts workers as a user that nobody has, each kernel as another', () => {
  const ids = workerIds(undefined, root);
  expect(ids.uid).toBeGreaterThan(1_000_000_000);
  expect(ids.gid).toBe(ids.uid);
  expect(workerIds('auto', { ...root, pid: 70_001 }).uid).not.toBe(ids.uid);
});

test('an ordinary user starts them as itself', () => {
  expect(workerIds(undefined, alice)).toEqual(alice.own);
  expect(workerIds('alice', alice)).toEqual(alice.own);
  expect(workerIds(1000, alice)).toEqual(alice.own);
});

test('root can be told another user, by name or number', () => {
  expect(workerIds('alice', root)).toEqual({ uid: 1000, gid: 1001 });
  expect(workerIds(4321, root)).toEqual({ uid: 4321, gid: 4321 });
});

test.each(['root', 'toor', 0])('%s is never the user of a worker', (runAs) => {
  expect(() => workerIds(runAs, root)).toThrow(expect.objectContaining({ code: 'denied' }));
});

test('an unknown name is refused', () => {
  expect(() => workerIds('bob', root)).toThrow(expect.objectContaining({ code: 'not-found' }));
});

test('an ordinary user cannot become another', () => {
  expect(() => workerIds(4321, alice)).toThrow(
    expect.objectContaining({ code: 'failed-precondition', reason: 'sandbox.not-enforceable' }),
  );
});

test('in a container with few users one of them is taken', () => {
  const few = { ...root, uidMap: '0 1000 1\n1 100000 65536\n' };
  expect(workerIds(undefined, few).uid).toBe(58_982);
});

test('where there is only root there can be no worker', () => {
  expect(() => workerIds(undefined, { ...root, uidMap: '0 0 1\n' })).toThrow(
    expect.objectContaining({ reason: 'sandbox.not-set-up' }),
  );
});
