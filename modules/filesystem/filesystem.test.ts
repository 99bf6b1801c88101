import { describe, expect, it } from 'vitest';
import { createFiles } from '../../sdk/typescript/guest/files.ts';
import { serve } from '../../sdk/typescript/guest/serve.ts';
import type { JsonObject } from '../../sdk/typescript/index.ts';
import {
  hostError,
  invocation,
  MemoryFiles,
  MemoryHost,
  MemoryOutput,
} from '../../sdk/typescript/memory-host.ts';
import family from './index.ts';

const failed = (code: string) =>
  expect.objectContaining({
    val: expect.objectContaining({ error: expect.objectContaining({ code }) }),
  });

function run(module: string, params: JsonObject, files: MemoryFiles, dryRun = false) {
  const host = new MemoryHost();
  const main = new MemoryOutput('main');
  const perform = serve(family, host, { files: () => createFiles(files) });
  const summary = perform(invocation(`filesystem:${module}`, params, dryRun), [], [main]);
  return { summary: JSON.parse(summary) as JsonObject, records: main.records, host };
}

describe('filesystem:list', () => {
  const tree = { 'b/2.txt': '', 'b/1.txt': 'x', 'a.txt': '', 'b/.h/3.txt': '', 'c/d/4.txt': '' };
  const DEFAULTS = { path: '.', recursive: false, hidden: false };
  const paths = (params: JsonObject, files = new MemoryFiles(tree)) =>
    run('list', { ...DEFAULTS, ...params }, files).records.map(({ path }) => path);

  it('lists one folder, ordered by name', () => {
    expect(paths({})).toEqual(['a.txt', 'b', 'c']);
    expect(paths({ path: 'b' })).toEqual(['b/.h', 'b/1.txt', 'b/2.txt']);
  });

  it('goes deeper when told, or when the glob does', () => {
    const all = ['a.txt', 'b', 'b/.h', 'b/.h/3.txt', 'b/1.txt', 'b/2.txt', 'c', 'c/d', 'c/d/4.txt'];
    expect(paths({ recursive: true })).toEqual(all);
    expect(paths({ glob: '**/*.txt' })).toEqual(['a.txt', 'b/1.txt', 'b/2.txt', 'c/d/4.txt']);
    expect(paths({ recursive: true, kind: 'directory' })).toEqual(['b', 'b/.h', 'c', 'c/d']);
  });

  it('does not read folders in which nothing can match', () => {
    const files = new MemoryFiles(tree);
    expect(paths({ glob: 'c/**/*.txt' }, files)).toEqual(['c/d/4.txt']);
    expect(files.calls).toEqual(['list .', 'list c', 'list c/d']);
  });

  it('says what it knows of an entry, and does not follow links', () => {
    const files = new MemoryFiles({ 'd/f': 'abc' });
    files.put('d/link', '..', 'symlink');
    const { records, summary } = run('list', { ...DEFAULTS, path: 'd', recursive: true }, files);
    const rest = { mode: '0644', modified: '1970-01-01T00:00:00.000Z' };
    expect(records).toEqual([
      { path: 'd/f', name: 'f', kind: 'file', size: 3, ...rest },
      { path: 'd/link', name: 'link', kind: 'symlink', size: 2, ...rest },
    ]);
    expect(summary).toEqual({ count: 2, skipped: 0 });
  });

  it('leaves out a folder that it may not read, but not the first one', () => {
    const files = new MemoryFiles(tree);
    const list = files.readDirectory.bind(files);
    files.readDirectory = (path) => {
      if (path === 'b') throw hostError('denied', 'no');
      return list(path);
    };
    const { summary, host } = run('list', { ...DEFAULTS, recursive: true }, files);
    expect(summary).toEqual({ count: 5, skipped: 1 });
    expect(host.lines).toMatchObject([{ level: 'warn', fields: { path: 'b', code: 'denied' } }]);
    expect(() => run('list', { ...DEFAULTS, path: 'b' }, files)).toThrow(failed('denied'));
  });
});

describe('filesystem:read', () => {
  const files = new MemoryFiles({ 'a.txt': 'héllo' });
  const read = (params: JsonObject) =>
    run('read', { encoding: 'text', max_bytes: 100, ...params }, files).summary;

  it('returns text or base64', () => {
    expect(read({ path: 'a.txt' })).toEqual({ content: 'héllo', size: 6, path: 'a.txt' });
    expect(read({ path: 'a.txt', encoding: 'base64' })['content']).toBe('aMOpbGxv');
  });

  it('refuses what is too large, not there, or not text', () => {
    expect(() => read({ path: 'a.txt', max_bytes: 5 })).toThrow(failed('resource-exhausted'));
    expect(() => read({ path: 'none' })).toThrow(failed('not-found'));
    files.open('bin', { create: true }, 0o644).write(Uint8Array.of(0xff));
    expect(() => read({ path: 'bin' })).toThrow(failed('invalid-argument'));
  });
});

describe('filesystem:write', () => {
  const DEFAULTS = { encoding: 'text', append: false, if_absent: false, create_directories: false };
  const write = (files: MemoryFiles, params: JsonObject, dryRun = false) =>
    run('write', { ...DEFAULTS, path: 'f', content: 'new', ...params }, files, dryRun).summary;

  it('writes only what changes', () => {
    const files = new MemoryFiles({ f: 'old' });
    expect(write(files, {})).toEqual({ path: 'f', changed: true, size: 3 });
    expect(write(files, {})).toEqual({ path: 'f', changed: false, size: 3 });
    expect(write(files, { mode: '0600' })).toMatchObject({ changed: true });
    expect(files.stat('f').mode).toBe(0o600);
    expect(write(files, { content: 'other' })).toMatchObject({ changed: true });
    expect(files.stat('f').mode).toBe(0o600);
    expect(files.calls).toEqual(['write f', 'chmod f', 'write f']);
  });

  it('appends', () => {
    const files = new MemoryFiles({ f: 'old' });
    expect(write(files, { append: true })).toEqual({ path: 'f', changed: true, size: 6 });
    expect(files.text('f')).toBe('oldnew');
    expect(write(files, { append: true, content: '' })).toMatchObject({ changed: false });
  });

  it('leaves alone what exists when told', () => {
    const files = new MemoryFiles({ f: 'old' });
    expect(write(files, { if_absent: true })).toEqual({ path: 'f', changed: false, size: 3 });
    expect(write(files, { if_absent: true, path: 'g' })).toMatchObject({ changed: true });
    expect([files.text('f'), files.text('g')]).toEqual(['old', 'new']);
    expect(() => write(files, { if_absent: true, append: true })).toThrow(
      failed('invalid-argument'),
    );
  });

  it('writes bytes through a temporary sibling', () => {
    const files = new MemoryFiles();
    expect(write(files, { encoding: 'base64', content: 'AP8=' })).toMatchObject({ size: 2 });
    expect(files.paths()).toEqual(['f']);
    expect([...files.open('f', {}, 0).read(9)]).toEqual([0, 255]);
    expect(() => write(files, { encoding: 'base64', content: '*' })).toThrow(
      failed('invalid-argument'),
    );
  });

  it('removes the temporary sibling when it cannot be moved', () => {
    const files = new MemoryFiles();
    files.rename = () => {
      throw hostError('io', 'disk');
    };
    expect(() => write(files, { encoding: 'base64', content: 'AA==' })).toThrow(failed('io'));
    expect(files.paths()).toEqual([]);
  });

  it('creates folders only when told, and refuses to write over one', () => {
    const files = new MemoryFiles();
    expect(() => write(files, { path: 'd/f' })).toThrow(failed('not-found'));
    write(files, { path: 'd/f', create_directories: true });
    expect(files.text('d/f')).toBe('new');
    expect(() => write(files, { path: 'd' })).toThrow(failed('failed-precondition'));
  });

  it('changes nothing in a dry run, and says what it would', () => {
    const files = new MemoryFiles({ f: 'old' });
    expect(write(files, {}, true)).toEqual({ path: 'f', changed: true, size: 3 });
    expect(write(files, { append: true }, true)).toMatchObject({ changed: true });
    expect(write(files, { mode: '0600', content: 'old' }, true)).toMatchObject({ changed: true });
    expect(write(files, { path: 'a/b', create_directories: true }, true)).toMatchObject({
      changed: true,
    });
    expect([files.calls, files.paths()]).toEqual([[], ['f']]);
  });
});
