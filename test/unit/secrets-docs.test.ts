import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ModuleRegistry } from '../../kernel/components/registry.ts';
import { loadPlaybook } from '../../kernel/playbook/load.ts';
import { validatePlaybook } from '../../kernel/playbook/validate.ts';
import { checkout } from '../support/ork.ts';

const page = readFileSync(path.join(checkout, 'docs/secrets.md'), 'utf8');
const registry = ModuleRegistry.load(path.join(checkout, 'build/modules'));

test('the workloads that docs/secrets.md shows are valid, without a warning', async () => {
  const blocks = Array.from(page.matchAll(/^```yaml\n(.*?)^```$/gms), ([, block]) => block);
  expect(blocks).toHaveLength(1);
  const text = `name: docs\nschemaVersion: v1.0.0\nworkloads:\n${blocks.join('')}`;
  const { loaded, problems } = loadPlaybook(text, 'docs.yaml');
  expect(problems).toEqual([]);
  if (loaded !== undefined) expect((await validatePlaybook(loaded, registry)).problems).toEqual([]);
});
