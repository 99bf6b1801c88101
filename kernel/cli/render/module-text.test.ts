import { expect, it } from 'vitest';
import type { DescribedModule } from '../../components/built-in.ts';
import { moduleToText } from './module-text.ts';
import { moduleList, moduleListToText } from './modules-text.ts';
import { makeStyle } from './style.ts';

const style = makeStyle(false);

const module: DescribedModule = {
  manifest: {
    name: 'fam:act',
    summary: 'Acts\u001b[31m.',
    params: {
      type: 'object',
      properties: {
        name: { type: 'string', description: 'Who.' },
        count: { type: 'integer', default: 2 },
      },
      required: ['name'],
      additionalProperties: false,
    },
    result: { type: 'object', properties: { done: { type: 'boolean' } }, required: [] },
    stream: 'producer',
    ports: ['dead_letter'],
    expressions: [],
    code: [],
    capabilities: [],
    idempotent: true,
    supports_dry_run: false,
    reusable: true,
    examples: [{ description: 'Once', params: { name: 'a: b', list: [1] } }],
  },
  family: { family: 'fam', version: '1.2.3', contract: 'ork:module@1', layer: 4, license: 'MIT' },
  version: '1.2.3',
};

it('describes a module', async () => {
  expect(await moduleToText(module, style)).toBe(`fam:act 1.2.3
  Acts\\x1b[31m.

  stream        producer (writes records)
  ports         dead_letter
  capabilities  none
  idempotent    yes
  dry run       no
  family        fam, layer 4, MIT

Params
  name: text, required
      Who.
  count: whole number, default 2

Result
  done: boolean, not always

Example: Once
  process:
    module: fam:act
    params:
      name: "a: b"
      list:
        - 1
`);
});

it('lists modules', () => {
  const [heading, line] = moduleListToText([module], style).split('\n');
  expect(heading).toBe('MODULE   STREAM    WHAT IT DOES');
  expect(line).toBe('fam:act  producer  Acts\\x1b[31m.');
  expect(moduleList([module])).toMatchObject([{ name: 'fam:act', version: '1.2.3', layer: 4 }]);
});
