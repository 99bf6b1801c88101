import { describe, expect, it } from 'vitest';
import { compileProgram } from '../../kernel/expressions/program.ts';
import { createExpressions } from '../../sdk/typescript/guest/expressions.ts';
import { createFiles } from '../../sdk/typescript/guest/files.ts';
import { serve } from '../../sdk/typescript/guest/serve.ts';
import type { Json, JsonObject } from '../../sdk/typescript/index.ts';
import {
  hostError,
  invocation,
  MemoryFiles,
  MemoryHost,
  MemoryOutput,
} from '../../sdk/typescript/memory-host.ts';
import family from './index.ts';

const failed = (reason: string) =>
  expect.objectContaining({
    val: expect.objectContaining({ error: expect.objectContaining({ reason }) }),
  });

/** The kernel's CEL, as a worker offers it. */
const expressions = createExpressions({
  Program: {
    compile: (source, variable, bind) => {
      const attempt = <T>(action: () => T): T => {
        try {
          return action();
        } catch (error) {
          throw hostError('invalid-argument', (error as Error).message);
        }
      };
      const program = attempt(() => compileProgram(source, variable, JSON.parse(bind)));
      const evaluate = (record: string) =>
        attempt(() => JSON.stringify(program.evaluate(JSON.parse(record) as Json)));
      const pump = () => ({ read: 0, written: 0, dropped: 0, failed: 0 });
      return { evaluate: (records) => records.map(evaluate), pump };
    },
  },
});

const DEFAULTS: Record<string, JsonObject> = {
  copy: { recursive: false, overwrite: true, create_directories: false },
  move: { overwrite: false, missing_ok: false, create_directories: false },
  delete: { recursive: false, missing_ok: false },
  mkdir: { parents: true },
  stat: { follow: true, missing_ok: false },
  chmod: { recursive: false },
  checksum: {},
  template: { vars: {}, create_directories: false },
};

function run(module: string, params: JsonObject, files: MemoryFiles, dryRun = false): JsonObject {
  const parts = { files: () => createFiles(files), expressions: () => expressions };
  const perform = serve(family, new MemoryHost(), parts);
  const call = invocation(`filesystem:${module}`, { ...DEFAULTS[module], ...params }, dryRun);
  return JSON.parse(perform(call, [], [new MemoryOutput('main')])) as JsonObject;
}

/** Says in a dry run what it does, changes nothing; then does it; then finds nothing left to do. */
function expectDesiredState(module: string, params: JsonObject, files: MemoryFiles): JsonObject {
  const before = files.paths();
  const planned = run(module, params, files, true);
  expect(planned).toMatchObject({ changed: true });
  const changes = files.calls.filter((call) => !call.startsWith('list '));
  expect([files.paths(), changes]).toEqual([before, []]);
  const done = run(module, params, files);
  expect(done).toEqual(planned);
  expect(run(module, params, files)).toMatchObject({ changed: false });
  return done;
}

describe('filesystem:copy', () => {
  it('copies a file that differs, in content or permissions', () => {
    const files = new MemoryFiles({ a: 'one', b: 'two' });
    expect(expectDesiredState('copy', { from: 'a', to: 'b' }, files)).toMatchObject({ files: 1 });
    expect(files.text('b')).toBe('one');
    files.setMode('a', 0o600);
    expect(run('copy', { from: 'a', to: 'b' }, files)).toMatchObject({ changed: true });
    expect(files.stat('b').mode).toBe(0o600);
    expect(files.paths()).toEqual(['a', 'b']);
  });

  it('copies a tree, and knows what of it differs', () => {
    const files = new MemoryFiles({ 'd/x': '1', 'd/e/y': '2' });
    const params = { from: 'd', to: 'c', recursive: true };
    expect(() => run('copy', { from: 'd', to: 'c' }, files)).toThrow(
      failed('filesystem.is-directory'),
    );
    const result = expectDesiredState('copy', params, files);
    expect(result).toMatchObject({ files: 4 });
    files.put('d/e/y', 'new');
    expect(run('copy', params, files)).toMatchObject({ files: 1 });
    expect(files.text('c/e/y')).toBe('new');
  });

  it('refuses to overwrite when told, folders always, and copies into itself', () => {
    const files = new MemoryFiles({ a: '1', b: '2', 'd/x': '' });
    const refused = (params: JsonObject, reason: string) =>
      expect(() => run('copy', params, files)).toThrow(failed(reason));
    refused({ from: 'a', to: 'b', overwrite: false }, 'filesystem.exists');
    refused({ from: 'a', to: 'd' }, 'filesystem.is-directory');
    refused({ from: 'd', to: 'a', recursive: true }, 'filesystem.not-directory');
    refused({ from: 'd', to: './d/e', recursive: true }, 'filesystem.copy-into-itself');
    refused({ from: 'none', to: 'x' }, 'not-found');
  });

  it('makes folders above when told', () => {
    const files = new MemoryFiles({ a: '1' });
    run('copy', { from: 'a', to: 'x/b', create_directories: true }, files);
    expect(files.text('x/b')).toBe('1');
  });

  it('leaves nothing behind when it fails', () => {
    const files = new MemoryFiles({ a: '1' });
    files.rename = () => {
      throw hostError('io', 'disk');
    };
    expect(() => run('copy', { from: 'a', to: 'b' }, files)).toThrow(failed('io'));
    expect(files.paths()).toEqual(['a']);
  });
});

describe('filesystem:move', () => {
  it('moves once', () => {
    const files = new MemoryFiles({ 'd/x': '1' });
    const params = { from: 'd', to: 'e/f', missing_ok: true, create_directories: true };
    expectDesiredState('move', params, files);
    expect(files.text('e/f/x')).toBe('1');
    expect(() => run('move', { from: 'd', to: 'g' }, files)).toThrow(failed('filesystem.missing'));
  });

  it('replaces a file only when told, and never a folder', () => {
    const files = new MemoryFiles({ a: '1', b: '2', 'd/x': '' });
    const refused = (params: JsonObject, reason: string) =>
      expect(() => run('move', params, files)).toThrow(failed(reason));
    refused({ from: 'a', to: 'b' }, 'filesystem.exists');
    refused({ from: 'a', to: 'd', overwrite: true }, 'filesystem.is-directory');
    refused({ from: 'd', to: 'a', overwrite: true }, 'filesystem.not-directory');
    refused({ from: 'd', to: 'd/e' }, 'filesystem.move-into-itself');
    run('move', { from: 'a', to: 'b', overwrite: true }, files);
    expect([files.text('a'), files.text('b')]).toEqual([undefined, '1']);
  });

  it('copies to another file system, then removes', () => {
    const files = new MemoryFiles({ a: '1' });
    const withinOne = files.rename.bind(files);
    files.rename = (from: string, to: string) => {
      if (from !== 'a') return withinOne(from, to);
      const payload = { code: 'io', reason: 'io.exdev', message: 'cross-device link' };
      throw Object.assign(new Error(), { payload });
    };
    run('move', { from: 'a', to: 'b' }, files);
    expect(files.paths()).toEqual(['b']);
  });
});

describe('filesystem:delete', () => {
  it('deletes once, folders with all that they hold when told', () => {
    const files = new MemoryFiles({ 'd/x': '1' });
    const params = { path: 'd', missing_ok: true };
    expect(() => run('delete', params, files)).toThrow(failed('filesystem.not-empty'));
    expect(() => run('delete', params, files, true)).toThrow(failed('filesystem.not-empty'));
    expectDesiredState('delete', { ...params, recursive: true }, files);
    expect(() => run('delete', { path: 'd' }, files)).toThrow(failed('filesystem.missing'));
  });

  it.each(['.', './', '/', 'a/..'])('refuses %s', (path) => {
    expect(() => run('delete', { path, recursive: true }, new MemoryFiles({ x: '' }))).toThrow(
      failed('filesystem.whole-workspace'),
    );
  });
});

describe('filesystem:mkdir', () => {
  it('makes a folder once, with its permissions', () => {
    const files = new MemoryFiles({ 'd/f': '' });
    expectDesiredState('mkdir', { path: 'd/e' }, files);
    files.calls.length = 0;
    expectDesiredState('mkdir', { path: 'd/e', mode: '0700' }, files);
    expect(() => run('mkdir', { path: 'd/f' }, files)).toThrow(failed('filesystem.not-directory'));
    expect(() => run('mkdir', { path: 'no/e', parents: false }, files, true)).toThrow(
      failed('not-found'),
    );
  });
});

describe('filesystem:stat', () => {
  it('tells what there is', () => {
    const files = new MemoryFiles({ 'd/f': 'abc' });
    const modified = '1970-01-01T00:00:00.000Z';
    expect(run('stat', { path: 'd/f' }, files)).toEqual({
      path: 'd/f',
      name: 'f',
      exists: true,
      kind: 'file',
      size: 3,
      mode: '0644',
      modified,
    });
    expect(run('stat', { path: 'no', missing_ok: true }, files)).toMatchObject({ exists: false });
    expect(() => run('stat', { path: 'no' }, files)).toThrow(failed('not-found'));
  });
});

describe('filesystem:chmod', () => {
  it('changes permissions that differ', () => {
    const files = new MemoryFiles({ f: '' });
    expectDesiredState('chmod', { path: 'f', mode: '0600' }, files);
    expect(() => run('chmod', { path: 'no', mode: '0600' }, files)).toThrow(failed('not-found'));
  });

  it('changes a tree, in which folders stay open, and links are left alone', () => {
    const files = new MemoryFiles({ 'd/e/f': '' });
    files.put('d/link', 'x', 'symlink');
    const params = { path: 'd', mode: '0440', recursive: true };
    expect(expectDesiredState('chmod', params, files)).toMatchObject({ count: 3 });
    const modes = ['d', 'd/e', 'd/e/f', 'd/link'].map((path) => files.stat(path).mode.toString(8));
    expect(modes).toEqual(['550', '550', '440', '644']);
    run('chmod', { ...params, directory_mode: '0700' }, files);
    expect(files.stat('d/e').mode).toBe(0o700);
  });
});

describe('filesystem:checksum', () => {
  const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

  it('computes and compares', () => {
    const files = new MemoryFiles({ f: 'abc', 'd/f': '' });
    const summary = { path: 'f', sha256, size: 3 };
    expect(run('checksum', { path: 'f' }, files)).toEqual(summary);
    const expected = `sha256:${sha256.toUpperCase()}`;
    expect(run('checksum', { path: 'f', expected }, files)).toEqual(summary);
    expect(() => run('checksum', { path: 'f', expected: '0'.repeat(64) }, files)).toThrow(
      failed('filesystem.checksum-mismatch'),
    );
    expect(() => run('checksum', { path: 'd' }, files)).toThrow(failed('filesystem.is-directory'));
  });
});

describe('filesystem:template', () => {
  const vars = { name: 'ork', port: 80, tags: ['a'], deep: { list: [{ x: 1 }] }, 'odd-name': 'o' };
  const render = (text: string) => run('template', { text, vars }, new MemoryFiles())['text'];

  it.each([
    ['no braces { }', 'no braces { }'],
    ['{{ name }}:{{port}}', 'ork:80'],
    ['{{ deep.list[0].x }}', '1'],
    ['{{ upper(name) + "}}" }}', 'ORK}}'],
    ['{{ {"a": {"b": port}}.a.b }}', '80'],
    ['{{ tags }}', '["a"]'],
    ['{{ tags.map(name, name + "!")[0] }}', 'a!'],
    ['{{ .name }}', 'ork'],
    ['{{ vars["odd-name"] }}', 'o'],
    ['{{ name // a comment\n}}', 'ork'],
    ['{{ "{{" }}', '{{'],
    ["{{ default(nothing, 'x') }}", 'x'],
  ])('renders %j', (text, expected) => {
    expect(render(text)).toBe(expected);
  });

  it.each([
    ['a\n{{ nmae }}', "Line 2, {{ nmae }}: 'nmae' does not exist"],
    ['{{ deep.lost }}', 'lost'],
    ['{{ name', 'no matching'],
    ['{{ }}', 'nothing between'],
    ['{{ 1 + }}', 'Line 1, {{ 1 + }}'],
    ['{{ null }}', 'is null'],
  ])('refuses %j', (text, message) => {
    expect(() => render(text)).toThrow(
      expect.objectContaining({
        val: expect.objectContaining({
          error: expect.objectContaining({ message: expect.stringContaining(message) }),
        }),
      }),
    );
  });

  it('writes a file that changes', () => {
    const files = new MemoryFiles({ 'a.tmpl': 'hello {{ name }}', out: 'old' });
    const params = { file: 'a.tmpl', dest: 'out', vars };
    expect(expectDesiredState('template', params, files)).toEqual({
      changed: true,
      size: 9,
      path: 'out',
    });
    expect(files.text('out')).toBe('hello ork');
    expect(run('template', { ...params, mode: '0600' }, files)).toMatchObject({ changed: true });
    expect(files.stat('out').mode).toBe(0o600);
    const deeper = { ...params, dest: 'x/out', create_directories: true };
    expect(run('template', deeper, files)).toMatchObject({ changed: true });
  });

  it('takes one source, and no folder to write to', () => {
    const files = new MemoryFiles({ 'd/f': 'x' });
    for (const params of [{}, { file: 'd/f', text: 'x' }]) {
      expect(() => run('template', params, files)).toThrow(failed('filesystem.template-source'));
    }
    expect(() => run('template', { text: 'x', dest: 'd' }, files)).toThrow(
      failed('filesystem.is-directory'),
    );
  });
});
