import { expect, test } from 'vitest';
import { runOrk } from '../support/ork.ts';

test('modules list names every module, as a table or as JSON', async () => {
  const text = await runOrk(['modules', 'list']);
  expect(text.code).toBe(0);
  expect(text.stdout).toMatch(/^MODULE +STREAM +WHAT IT DOES\n/);
  expect(text.stdout).toMatch(/^data:sort +transform +Orders records/m);
  const json = await runOrk(['modules', 'list', '--output', 'json']);
  const modules: { name: string; ports: string[]; layer: number }[] = JSON.parse(json.stdout);
  const names = modules.map(({ name }) => name);
  expect(names).toEqual([...names].sort());
  for (const name of names) expect(text.stdout).toContain(`\n${name} `);
  expect(modules.find(({ name }) => name === 'data:parse')).toMatchObject({
    layer: 4,
    ports: ['dead_letter'],
  });
});

test('modules show describes params, result and examples of every module', async () => {
  const { stdout } = await runOrk(['modules', 'list', '--output', 'json']);
  for (const { name } of JSON.parse(stdout) as { name: string }[]) {
    const shown = await runOrk(['modules', 'show', name]);
    expect(shown.code, name).toBe(0);
    expect(shown.stdout, name).toContain(`    module: ${name}\n`);
    expect(shown.stdout, name).toMatch(/^Params\n {2}/m);
  }
  const parse = await runOrk(['modules', 'show', 'data:parse']);
  expect(parse.stdout).toContain(
    '  delimiter: text, default ","\n      Between the cells of CSV.\n',
  );
  const json = await runOrk(['modules', 'show', 'data:parse', '--output', 'json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ name: 'data:parse', stream: 'transform' });
});

test('an unknown module is wrong usage, with what was meant', async () => {
  const { code, stdout, stderr } = await runOrk(['modules', 'show', 'data:prase']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain("did you mean 'data:parse'?");
  expect((await runOrk(['modules', 'show'])).code).toBe(2);
  expect((await runOrk(['modules', 'show', 'nothing-like-it'])).stderr).toContain(
    'ork modules list',
  );
});
