import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Hierarchy } from './hierarchy.ts';
import { placesIn } from './places.ts';

/** A folder with the files of a group of version 2; unlike the kernel's they take whatever is written. */
function standInGroup(below: string, parent?: string): string {
  const folder = parent ?? mkdtempSync(path.join(tmpdir(), 'ork-test-'));
  if (parent === undefined) onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'cgroup.subtree_control'), below);
  writeFileSync(path.join(folder, 'cgroup.procs'), '1\n2\n');
  // The root of the hierarchy has none.
  if (parent !== undefined) writeFileSync(path.join(folder, 'cgroup.type'), 'domain\n');
  return folder;
}

function second(own: string, root: string): Hierarchy {
  const all = (folder: string) => ({ memory: folder, pids: folder, cpu: folder });
  return { version: 2, own: all(own), root: all(root) };
}

test('version 2: groups are made below our own where that has the controllers', () => {
  const root = standInGroup('');
  const own = standInGroup('cpu memory pids\n', path.join(root, 'service'));
  writeFileSync(path.join(own, 'cgroup.procs'), '');
  expect(placesIn(second(own, root))).toEqual({
    version: 2,
    parents: { memory: own, pids: own, cpu: own },
  });
});

test('version 2: else below the root, which has them from the system', () => {
  const root = standInGroup('cpuset cpu io memory pids\n');
  const own = standInGroup('\n', path.join(root, 'user.slice'));
  expect(placesIn(second(own, root)).parents).toEqual({ memory: root, pids: root, cpu: root });
});

test('version 2: the kernel moves itself aside where it is alone', () => {
  const own = standInGroup('', path.join(standInGroup(''), 'service'));
  writeFileSync(path.join(own, 'cgroup.procs'), `${process.pid}\n`);
  placesIn(second(own, own));
  const aside = readFileSync(path.join(own, 'ork-kernel/cgroup.procs'), 'utf8');
  expect(aside).toBe(String(process.pid));
});

test('version 2: a group in which others are is left as it is', () => {
  const own = standInGroup('', path.join(standInGroup(''), 'session'));
  expect(placesIn(second(own, own)).parents).toEqual({});
  expect(readFileSync(path.join(own, 'cgroup.subtree_control'), 'utf8')).toBe('');
});

test('version 2: a group of threads has no place for workers', () => {
  const own = standInGroup('cpu pids\n', path.join(standInGroup(''), 'session'));
  writeFileSync(path.join(own, 'cgroup.type'), 'domain threaded\n');
  expect(placesIn(second(own, own)).parents).toEqual({});
});

test('what is not there cannot be used', () => {
  const gone = path.join(tmpdir(), 'ork-test-none');
  expect(placesIn(second(gone, gone)).parents).toEqual({});
  expect(placesIn({ version: 1, own: { memory: gone, pids: tmpdir() }, root: {} })).toEqual({
    version: 1,
    parents: { pids: tmpdir() },
  });
});
