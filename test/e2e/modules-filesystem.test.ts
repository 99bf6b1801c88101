import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { playbookFile, runOrk, temporaryFolder } from '../support/ork.ts';
import { calls, runWorkloads } from '../support/run-workloads.ts';

/** Workloads one after the other. */
function inOrder(workloads: Record<string, string>): Record<string, string> {
  const names = Object.keys(workloads);
  const entries = Object.entries(workloads).map(([name, text], index) => {
    const before = index === 0 ? '' : `, depends_on: [${names[index - 1]}]`;
    return [name, `${text}${before}, ignore_errors: true`];
  });
  return Object.fromEntries(entries);
}

const ARRANGED = {
  made: calls('filesystem:mkdir', { path: 'a/b', mode: '0750' }),
  copied: calls('filesystem:copy', { from: 'tree', to: 'a/tree', recursive: true }),
  one: calls('filesystem:copy', {
    from: 'tree/run.sh',
    to: 'x/y/run.sh',
    create_directories: true,
  }),
  moved: calls('filesystem:move', { from: 'old.txt', to: 'a/new.txt', missing_ok: true }),
  closed: calls('filesystem:chmod', { path: 'a/new.txt', mode: '0600' }),
  open: calls('filesystem:chmod', {
    path: 'a/tree',
    mode: '0444',
    recursive: true,
    directory_mode: '0755',
  }),
  removed: calls('filesystem:delete', { path: 'trash', recursive: true, missing_ok: true }),
  filled: calls('filesystem:template', {
    file: 'app.tmpl',
    dest: 'conf/app.conf',
    vars: { app: { name: 'ork', ports: [80, 443] } },
    create_directories: true,
  }),
};

const FILES = {
  'tree/run.sh': '#!/bin/sh\n',
  'tree/deep/er/file': 'x'.repeat(100_000),
  'old.txt': 'text',
  'trash/full/of': 'files',
  'app.tmpl': 'name = {{ app.name }}\n{{ app.ports.map(p, "listen " + string(p)).join(";") }}\n',
};

test('files are arranged as asked, and a second run finds nothing to do', async () => {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'tree'));
  await symlink('run.sh', path.join(folder, 'tree/link'));
  const first = await runWorkloads(inOrder(ARRANGED), FILES, folder);
  expect(first.results).toMatchObject({
    made: { summary: { path: 'a/b', changed: true } },
    copied: { summary: { changed: true, files: 6 } },
    one: { summary: { changed: true, files: 1 } },
    moved: { summary: { changed: true } },
    closed: { summary: { changed: true, count: 1 } },
    // Both folders have 0755 already, and the link is left alone.
    open: { summary: { changed: true, count: 2 } },
    removed: { summary: { changed: true } },
    filled: { summary: { changed: true, path: 'conf/app.conf', size: 32 } },
  });
  const at = (name: string): string => path.join(folder, name);
  const mode = async (name: string) => ((await stat(at(name))).mode & 0o7777).toString(8);
  expect(await readFile(at('a/tree/deep/er/file'), 'utf8')).toBe(FILES['tree/deep/er/file']);
  expect((await lstat(at('a/tree/link'))).isSymbolicLink()).toBe(true);
  expect(await readFile(at('conf/app.conf'), 'utf8')).toBe('name = ork\nlisten 80;listen 443\n');
  expect(await mode('a/b')).toBe('750');
  expect(await mode('a/new.txt')).toBe('600');
  expect([await mode('a/tree/run.sh'), await mode('a/tree/deep')]).toEqual(['444', '755']);
  expect((await readdir(folder)).sort()).toEqual(['a', 'app.tmpl', 'conf', 'tree', 'x']);

  const { copied: _, open: __, ...rest } = ARRANGED;
  const again = await runWorkloads(inOrder(rest), {}, folder);
  const changes = Object.entries(again.results).map(([name, { summary }]) => [
    name,
    summary?.changed,
  ]);
  expect(changes).toEqual(Object.keys(rest).map((name) => [name, false]));
});

test('stat, checksum and template return what they find', async () => {
  const { code, results } = await runWorkloads(
    {
      there: calls('filesystem:stat', { path: 'f' }),
      missing: calls('filesystem:stat', { path: 'none', missing_ok: true }),
      sum: calls('filesystem:checksum', {
        path: 'f',
        expected: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      }),
      inline: `process: { module: "filesystem:template", params: { text: !raw "{{ who }} has {{ list }}", vars: { who: ork, list: [1, true] } } }`,
    },
    { f: 'abc' },
  );
  expect(code).toBe(0);
  expect(results['there'].summary).toMatchObject({
    exists: true,
    kind: 'file',
    size: 3,
    name: 'f',
  });
  expect(results['missing'].summary).toMatchObject({ exists: false, kind: null });
  expect(results['sum'].summary).toMatchObject({ path: 'f', size: 3 });
  expect(results['inline'].summary).toEqual({ changed: false, size: 16, text: 'ork has [1,true]' });
});

test('what cannot be done fails with the reason, and changes nothing', async () => {
  const failing: Record<string, [module: string, params: object, reason: string]> = {
    folder: ['copy', { from: 'd', to: 'e' }, 'filesystem.is-directory'],
    itself: ['copy', { from: 'd', to: 'd/e', recursive: true }, 'filesystem.copy-into-itself'],
    keep: ['copy', { from: 'a', to: 'b', overwrite: false }, 'filesystem.exists'],
    occupied: ['move', { from: 'a', to: 'b' }, 'filesystem.exists'],
    gone: ['move', { from: 'none', to: 'x' }, 'filesystem.missing'],
    full: ['delete', { path: 'd' }, 'filesystem.not-empty'],
    never: ['delete', { path: 'none' }, 'filesystem.missing'],
    all: ['delete', { path: '.', recursive: true }, 'filesystem.whole-workspace'],
    outside: ['delete', { path: '/etc/hostname' }, 'files.not-granted'],
    file: ['mkdir', { path: 'a' }, 'filesystem.not-directory'],
    orphan: ['mkdir', { path: 'no/e', parents: false }, 'io.enoent'],
    nothing: ['stat', { path: 'none' }, 'io.enoent'],
    nobody: ['chmod', { path: 'none', mode: '0600' }, 'io.enoent'],
    other: ['checksum', { path: 'a', expected: '0'.repeat(64) }, 'filesystem.checksum-mismatch'],
    hollow: ['template', { file: 'bad.tmpl', dest: 'out' }, 'expression.evaluation'],
    two: ['template', { file: 'a', text: 'b' }, 'filesystem.template-source'],
  };
  const workloads = Object.entries(failing).map(([name, [module, params]]) => [
    name,
    calls(`filesystem:${module}`, params),
  ]);
  const files = { a: '1', b: '2', 'd/f': '3', 'bad.tmpl': 'ok\n{{ nmae }}' };
  const { code, results, folder } = await runWorkloads(Object.fromEntries(workloads), files);
  expect(code).toBe(1);
  const reasons = Object.entries(results).map(([name, { error }]) => [name, error?.reason]);
  expect(reasons).toEqual(Object.entries(failing).map(([name, [, , reason]]) => [name, reason]));
  expect(results['hollow'].error).toMatchObject({
    message: "Line 2, {{ nmae }}: 'nmae' does not exist.",
    hint: '`vars` has: (there are none).',
  });
  expect((await readdir(folder)).sort()).toEqual(['a', 'b', 'bad.tmpl', 'd']);
});

test.each(['relative', 'absolute'])(
  'the workspace itself cannot be deleted by its %s path',
  async (kind) => {
    const playbook = await playbookFile(
      `
  - { name: gone, lifecycle: { policy: run_once }, process: { module: "filesystem:delete", params: { path: "{{ .place }}", recursive: true } } }
`,
      "vars: { place: '.' }\n",
    );
    const folder = path.dirname(playbook);
    const place = kind === 'absolute' ? folder : 'x/..';
    const { code } = await runOrk(['run', playbook, '--var', `place=${place}`]);
    expect(code).toBe(1);
    expect(await readdir(folder)).toEqual(['playbook.yaml']);
  },
);

test('links in a copied folder point where they pointed', async () => {
  const playbook = await playbookFile(`
  - { name: make, lifecycle: { policy: run_once }, process: { module: exec, params: { shell: "mkdir a && echo x > a/f && ln -s f a/link" } } }
  - { name: copy, lifecycle: { policy: run_once }, depends_on: [make], process: { module: "filesystem:copy", params: { from: a, to: b, recursive: true } } }
`);
  expect(await runOrk(['run', playbook])).toMatchObject({ code: 0 });
  expect(await readlink(path.join(path.dirname(playbook), 'b/link'))).toBe('f');
});

test('a folder moves to another file system whole, a link is refused and stays', async () => {
  const elsewhere = await mkdtemp('/dev/shm/ork-test-');
  onTestFinished(() => rm(elsewhere, { recursive: true }));
  const playbook = await playbookFile(
    `
  - { name: make, lifecycle: { policy: run_once }, process: { module: exec, params: { shell: "mkdir a && echo x > a/f && ln -s a link" } } }
  - { name: folder, lifecycle: { policy: run_once }, depends_on: [make], process: { module: "filesystem:move", params: { from: a, to: ${elsewhere}/a } } }
  - { name: link, lifecycle: { policy: run_once }, depends_on: [make], process: { module: "filesystem:move", params: { from: link, to: ${elsewhere}/link } } }
`,
    `security_context: { filesystem: { write: ["${elsewhere}"] } }\n`,
  );
  const { stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(JSON.parse(stdout).workloads).toMatchObject({
    folder: { status: 'Completed', summary: { changed: true } },
    link: { status: 'Failed', error: { reason: 'filesystem.link-across' } },
  });
  expect(await readdir(elsewhere, { recursive: true })).toEqual(['a', 'a/f']);
  expect((await readdir(path.dirname(playbook))).sort()).toEqual(['link', 'playbook.yaml']);
});

test('text with half a surrogate pair is written as any encoder writes it, and traps nothing', async () => {
  const playbook = await playbookFile(String.raw`
  - name: write
    lifecycle: { policy: run_once }
    process: { module: "filesystem:write", params: { path: "out-\ud83d.txt", content: "a\ud83db\U0001f600" } }
  - name: show
    lifecycle: { policy: run_once }
    process: { module: exec, params: { command: [printf, "%s", "c\ud83dd"] } }
    register: shown
`);
  const { code, stdout } = await runOrk(['run', playbook, '--output', 'json']);
  expect(JSON.parse(stdout).workloads.show.summary).toMatchObject({ stdout: 'c\ufffdd' });
  expect(code).toBe(0);
  const written = path.join(path.dirname(playbook), 'out-\ufffd.txt');
  expect(await readFile(written, 'utf8')).toBe('a\ufffdb\u{1f600}');
});
