import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ResolvedGrant } from './grants.ts';
import { ownFolders, refuseOwnFolders } from './own-folders.ts';

function home(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'ork-test-')));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(path.join(folder, '.local/state/ork'), { recursive: true });
  mkdirSync(path.join(folder, 'elsewhere/ork'), { recursive: true });
  return folder;
}

const grant = (real: string): ResolvedGrant => ({
  access: 'read',
  written: real,
  real,
  owner: { owner: 0, group: 0 },
  mapped: false,
});

test('the folders are those of the user, where they exist', () => {
  const folder = home();
  expect(ownFolders({ HOME: folder })).toEqual([path.join(folder, '.local/state/ork')]);
  const chosen = { HOME: folder, XDG_CONFIG_HOME: path.join(folder, 'elsewhere') };
  expect(ownFolders(chosen)).toContain(path.join(folder, 'elsewhere/ork'));
  expect(ownFolders({ HOME: folder, XDG_STATE_HOME: 'relative' })).toHaveLength(1);
  expect(ownFolders({})).toEqual([]);
});

test.each(['.', '.local', '.local/state/ork', '.local/state/ork/audit'])(
  'a grant of %s in the home folder is refused',
  (place) => {
    const folder = home();
    const granted = grant(path.join(folder, place));
    expect(() => refuseOwnFolders([granted], ownFolders({ HOME: folder }))).toThrow(
      expect.objectContaining({ code: 'denied', reason: 'sandbox.grant-refused' }),
    );
  },
);

test('what lies beside is granted', () => {
  const folder = home();
  const beside = ['project', '.local/state/orkney'].map((place) => grant(path.join(folder, place)));
  expect(() => refuseOwnFolders(beside, ownFolders({ HOME: folder }))).not.toThrow();
});
