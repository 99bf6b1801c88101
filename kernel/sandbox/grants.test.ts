import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type GrantedPath, protectedBelow, refuseLeadingOut, resolveGrants } from './grants.ts';

function folderWith(...folders: string[]): string {
  const top = realpathSync(mkdtempSync(path.join(tmpdir(), 'ork-test-')));
  onTestFinished(() => rmSync(top, { recursive: true }));
  for (const folder of folders) mkdirSync(path.join(top, folder), { recursive: true });
  return top;
}

/** The workspace `work` and what is granted, as `/top/…`; `written -> real` for a link. */
function granted(top: string, read: string[], write: string[]): GrantedPath[] {
  const grant = (access: GrantedPath['access']) => (entry: string) => {
    const [written, real = written] = entry.split(' -> ') as [string, string?];
    return { access, written: path.join(top, written), real: path.join(top, real) };
  };
  return [...['work', ...write].map(grant('write')), ...read.map(grant('read'))];
}

const brief = (grants: ReturnType<typeof resolveGrants>, top: string): string[] =>
  grants.map(({ access, real, written }) => {
    const place = path.relative(top, real);
    return written === real
      ? `${access} ${place}`
      : `${access} ${place} as ${path.relative(top, written)}`;
  });

test('the workspace can be written, and what is granted', () => {
  const top = folderWith('work', 'data', 'out');
  const grants = resolveGrants(granted(top, ['data'], ['out']), false);
  expect(brief(grants, top)).toEqual(['write work', 'write out', 'read data']);
});

test('what another grant covers is left out, but not a right to write', () => {
  const top = folderWith('work/inner', 'data/inner');
  const grants = resolveGrants(
    granted(top, ['work/inner', 'data', 'data/inner'], ['work/inner', 'data/inner']),
    false,
  );
  expect(brief(grants, top)).toEqual(['write work', 'write data/inner', 'read data']);
});

test('a link is granted under its own name, for what it leads to', () => {
  const top = folderWith('work', 'data');
  const grants = resolveGrants(granted(top, ['link -> data'], []), false);
  expect(brief(grants, top)).toEqual(['write work', 'read data as link']);
});

test('what is not there cannot be read, and must not be written', () => {
  const top = folderWith('work');
  expect(resolveGrants(granted(top, ['none'], []), false)).toHaveLength(1);
  expect(() => resolveGrants(granted(top, [], ['none']), false)).toThrow(
    expect.objectContaining({ reason: 'sandbox.grant-missing' }),
  );
});

test('what is protected is what exists below a right to write', () => {
  const top = folderWith('work/.git', 'work/books');
  const workspace = path.join(top, 'work');
  writeFileSync(path.join(workspace, 'books/child.yaml'), '');
  const candidates = ['.git', 'ork_modules', 'books/child.yaml', '../other'].map((name) =>
    path.join(workspace, name),
  );
  const grants = resolveGrants(granted(top, [], []), false);
  expect(protectedBelow(grants, candidates)).toEqual([candidates[0], candidates[2]]);
});

describe('a grant below what a workload could write', () => {
  const judge = (read: string[], writable: string[]) => () =>
    refuseLeadingOut(granted('/top', read, []), writable);

  test('may not lead out of it', () => {
    expect(judge(['work/out -> etc'], ['/top/work'])).toThrow(
      expect.objectContaining({ code: 'denied', reason: 'sandbox.grant-refused' }),
    );
    expect(judge(['data/a/link -> etc'], ['/top/work', '/top/data'])).toThrow('leads out of');
  });

  test('may be a link within it, and others may lead where they like', () => {
    expect(judge(['work/link -> work/a', 'srv/link -> data'], ['/top/work'])).not.toThrow();
  });
});
