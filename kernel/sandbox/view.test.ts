import { describe, expect, test } from 'vitest';
import type { ResolvedGrant } from './grants.ts';
import type { HostLayout } from './host-layout.ts';
import { planView, scratchFolders, type ViewRequest } from './view.ts';
import { entryWords, readOnlyBind, type ViewEntry } from './view-entry.ts';

const layout: HostLayout = {
  programs: [readOnlyBind('/usr', false), { kind: 'symlink', target: '/bin', to: 'usr/bin' }],
  libraries: [readOnlyBind('/usr/lib/libc.so.6', false)],
  settings: [readOnlyBind('/etc/hosts', false), readOnlyBind('/etc/ld.so.cache', false)],
  passwd: 'root:x:0:0:root:/root:/bin/sh\n',
  group: 'root:x:0:\n',
};

const workspace: ResolvedGrant = {
  access: 'write',
  written: '/srv/work',
  real: '/srv/work',
  owner: { owner: 0, group: 0 },
  mapped: true,
};

const request: ViewRequest = {
  kind: 'programs',
  workerIds: { uid: 5000, gid: 5000 },
  home: '/root',
  grants: [workspace],
  protectedPaths: [],
  hiddenPaths: [],
  node: '/opt/node',
  seal: '/opt/ork/seal.so',
  code: [{ path: '/opt/ork/dist' }],
  scratchBytes: 1000,
  ownProcesses: true,
};

const entryAt = (entries: ViewEntry[], target: string): ViewEntry | undefined =>
  entries.findLast((entry) => entry.target === target);
const view = (changes: Partial<ViewRequest> = {}): ViewEntry[] =>
  planView({ ...request, ...changes }, layout);

test('folders come before what lies in them', () => {
  const targets = view().map(({ target }) => target);
  for (const [index, target] of targets.entries()) {
    const below = targets.slice(0, index).filter((earlier) => earlier.startsWith(`${target}/`));
    expect(below).toEqual([]);
  }
});

describe('programs', () => {
  test('see the system, who they are, and the workspace as its owner', () => {
    const entries = view();
    expect(entryAt(entries, '/usr')).toMatchObject({ readOnly: true, noExec: false });
    expect(entryAt(entries, '/etc/passwd')).toMatchObject({
      content: `${layout.passwd}ork:x:5000:5000:ork:/root:/usr/sbin/nologin\n`,
    });
    expect(entryAt(entries, '/srv/work')).toMatchObject({
      readOnly: false,
      noExec: false,
      idMap: { owner: 0, group: 0 },
    });
  });

  test('have a home of their own', () => {
    expect(entryAt(view(), '/root')).toMatchObject({ kind: 'tmpfs', mode: 0o700 });
    expect(scratchFolders(request)).toEqual(['/tmp', '/dev/shm', '/root']);
  });
});

describe('modules that start nothing', () => {
  test('see no program, and can make none', () => {
    const entries = view({ kind: 'files' });
    expect(entryAt(entries, '/usr')).toBeUndefined();
    expect(entryAt(entries, '/etc/hosts')).toBeUndefined();
    const executable = entries.filter((entry) => 'noExec' in entry && !entry.noExec);
    expect(executable.map(({ target }) => target).sort()).toEqual([
      '/etc/ld.so.cache',
      '/opt/node',
      '/opt/ork/seal.so',
      '/usr/lib/libc.so.6',
    ]);
  });

  test('see no file of the workload without the capability for files', () => {
    const entries = view({ kind: 'pure', protectedPaths: ['/srv/work/.git'] });
    expect(entries.filter(({ target }) => target.startsWith('/srv'))).toEqual([]);
  });
});

describe('what is protected in the workspace', () => {
  test('cannot be written', () => {
    const entries = view({ protectedPaths: ['/srv/work/playbook.yaml'] });
    expect(entryAt(entries, '/srv/work/playbook.yaml')).toMatchObject({ readOnly: true });
  });

  test('cannot be moved away with the folder that it is in', () => {
    const entries = view({ protectedPaths: ['/srv/work/a/b/child.yaml'] });
    for (const folder of ['/srv/work/a', '/srv/work/a/b']) {
      expect(entryAt(entries, folder)).toMatchObject({ kind: 'bind', readOnly: false });
    }
  });
});

test('a folder in memory is not emptied where the one of the host is granted', () => {
  const granted = { ...workspace, written: '/tmp', real: '/tmp' };
  expect(scratchFolders({ ...request, grants: [granted] })).toEqual(['/dev/shm', '/root']);
});

test('a link to a granted path leads there inside', () => {
  const grant = { ...workspace, access: 'read' as const, written: '/data', real: '/mnt/data' };
  const entries = view({ grants: [grant] });
  expect(entryAt(entries, '/data')).toEqual({ kind: 'symlink', target: '/data', to: '/mnt/data' });
  expect(entryAt(entries, '/mnt/data')).toMatchObject({ kind: 'bind', readOnly: true });
});

test('with the processes of the host its /proc can be read', () => {
  expect(entryAt(view({ ownProcesses: false }), '/proc')).toEqual(readOnlyBind('/proc', true));
});

test('an entry is a verb and as many words as the helper expects', () => {
  const bind = entryAt(view(), '/srv/work') as ViewEntry;
  expect(entryWords(bind)).toEqual(['bind', '/srv/work', '/srv/work', 'idmap,owned', '0', '0']);
  const tmp = entryAt(view({ kind: 'files' }), '/tmp') as ViewEntry;
  expect(entryWords(tmp)).toEqual(['tmpfs', '/tmp', '1000', '1023', 'noexec']);
});
