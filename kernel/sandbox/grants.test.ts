import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { protectedBelow, resolveGrants } from './grants.ts';

function folderWith(...folders: string[]): string {
  const top = mkdtempSync(path.join(tmpdir(), 'ork-test-'));
  onTestFinished(() => rmSync(top, { recursive: true }));
  for (const folder of folders) mkdirSync(path.join(top, folder), { recursive: true });
  return top;
}

const brief = (grants: ReturnType<typeof resolveGrants>, top: string): string[] =>
  grants.map(({ access, real, written }) => {
    const place = path.relative(top, real);
    return written === real
      ? `${access} ${place}`
      : `${access} ${place} as ${path.relative(top, written)}`;
  });

test('the workspace can be written, and grants start there', () => {
  const top = folderWith('work', 'data', 'out');
  const workspace = path.join(top, 'work');
  const grants = resolveGrants({ workspace, read: ['../data'], write: ['../out'] }, false);
  expect(brief(grants, top)).toEqual(['write work', 'write out', 'read data']);
});

test('what another grant covers is left out, but not a right to write', () => {
  const top = folderWith('work/inner', 'data/inner');
  const workspace = path.join(top, 'work');
  const grants = resolveGrants(
    { workspace, read: ['inner', '../data', '../data/inner'], write: ['inner', '../data/inner'] },
    false,
  );
  expect(brief(grants, top)).toEqual(['write work', 'write data/inner', 'read data']);
});

test('a link is granted under its own name, for what it leads to', () => {
  const top = folderWith('work', 'data');
  symlinkSync('data', path.join(top, 'link'));
  const workspace = path.join(top, 'work');
  const grants = resolveGrants({ workspace, read: ['../link'], write: [] }, false);
  expect(brief(grants, top)).toEqual(['write work', 'read data as link']);
});

test('what is not there cannot be read, and must not be written', () => {
  const workspace = folderWith();
  expect(resolveGrants({ workspace, read: ['none'], write: [] }, false)).toHaveLength(1);
  expect(() => resolveGrants({ workspace, read: [], write: ['none'] }, false)).toThrow(
    expect.objectContaining({ reason: 'sandbox.grant-missing' }),
  );
});

test('what is protected is what exists below a right to write', () => {
  const workspace = folderWith('.git', 'books');
  writeFileSync(path.join(workspace, 'books/child.yaml'), '');
  const grants = resolveGrants({ workspace, read: [], write: [] }, false);
  const candidates = ['.git', 'ork_modules', 'books/child.yaml', '../other'].map((name) =>
    path.join(workspace, name),
  );
  expect(protectedBelow(grants, candidates)).toEqual([candidates[0], candidates[2]]);
});
