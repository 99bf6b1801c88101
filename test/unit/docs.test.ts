import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ModuleRegistry } from '../../kernel/components/registry.ts';
import { FUNCTION_NAMES, METHOD_NAMES } from '../../kernel/expressions/function-table.ts';
import { loadPlaybook } from '../../kernel/playbook/load.ts';
import type { Problem } from '../../kernel/playbook/model.ts';
import { playbookSchema } from '../../kernel/playbook/schema.ts';
import { validatePlaybook } from '../../kernel/playbook/validate.ts';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/types/json.ts';
import { checkout } from '../support/ork.ts';

const registry = ModuleRegistry.load(path.join(checkout, 'build/modules'));
const PAGES = ['playbook', 'modules', 'streams', 'security'];
const [playbookPage, modulesPage, streamsPage, securityPage] = PAGES.map((page) =>
  readFileSync(path.join(checkout, 'docs', `${page}.md`), 'utf8'),
) as [string, string, string, string];

const HEAD = 'name: fragment\nschemaVersion: v1.0.0\n';
const WORKLOAD =
  'workloads:\n  - { name: w, lifecycle: { policy: run_once }, process: { module: "control:identity" } }\n';

interface YamlBlock {
  /** Where it starts, for the test's name. */
  place: string;
  text: string;
}

function yamlBlocks(page: string, name: string): YamlBlock[] {
  return Array.from(page.matchAll(/^```yaml\n(.*?)^```$/gms), (match) => ({
    place: `${name}:${page.slice(0, match.index).split('\n').length + 1}`,
    text: match[1] as string,
  }));
}

/** A block as a whole playbook: it may be one, a list of workloads, or a part of a playbook's head. */
function toPlaybook(block: string): string {
  if (block.startsWith('name:')) return block;
  if (block.startsWith('- name:')) return `${HEAD}workloads:\n${block}`;
  return `${HEAD}${block}${WORKLOAD}`;
}

async function problemsOf(source: string): Promise<Problem[]> {
  const { loaded, problems } = loadPlaybook(source, 'docs.yaml');
  if (loaded === undefined) return problems;
  return [...problems, ...(await validatePlaybook(loaded, registry)).problems];
}

describe('every playbook in the docs is valid, without a warning', () => {
  const blocks = [
    ...yamlBlocks(playbookPage, 'playbook.md'),
    ...yamlBlocks(modulesPage, 'modules.md'),
    ...yamlBlocks(streamsPage, 'streams.md'),
    ...yamlBlocks(securityPage, 'security.md'),
  ];

  test('there are some', () => expect(blocks.length).toBeGreaterThan(15));

  test.each(blocks)('$place', async ({ text }) => {
    expect(await problemsOf(toPlaybook(text))).toEqual([]);
  });
});

describe('docs/playbook.md', () => {
  const { workloads, ...head } = playbookSchema.shape;

  test.each([...Object.keys(head), 'workloads', ...Object.keys(workloads.element.shape)])(
    'has a row for the field `%s`',
    (field) => expect(playbookPage).toMatch(new RegExp(`^\\| \`${field}\` +\\| .+`, 'm')),
  );

  const prose = playbookPage.replace(/^```.*?^```$/gms, '');
  const named = new Set(
    Array.from(prose.matchAll(/`[^`\n]+`/g), ([code]) => code.match(/[\w.-]+/g) ?? []).flat(),
  );

  test.each(wordsOf(playbookSchema))('names `%s`', (word) => {
    expect(named).toContain(word);
  });

  test('names functions that exist, and all of those that CEL itself lacks', () => {
    const table = /^\| function .*?\n\n/ms.exec(playbookPage)?.[0] ?? '';
    const cells = Array.from(table.matchAll(/^\| (`.*?) +\|/gm), ([, cell = '']) => cell).join();
    const named = Array.from(cells.matchAll(/`\.?(\w+)/g), ([, name = '']) => name);
    const known = new Set([...FUNCTION_NAMES, ...METHOD_NAMES]);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    const described = new Set([...named, 'secret', 'dyn']);
    expect([...FUNCTION_NAMES].filter((name) => !described.has(name))).toEqual([]);
  });
});

/** Every key and every choice of a schema. */
function wordsOf(schema: z.core.$ZodType): string[] {
  const bare = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  if (bare instanceof z.ZodArray) return wordsOf(bare.element);
  if (bare instanceof z.ZodRecord) return wordsOf(bare.valueType);
  if (bare instanceof z.ZodUnion) return unique(bare.options.flatMap(wordsOf));
  if (bare instanceof z.ZodEnum) return bare.options.map(String);
  if (!(bare instanceof z.ZodObject)) return [];
  const fields = Object.entries<z.core.$ZodType>(bare.shape);
  return unique(fields.flatMap(([key, field]) => [key, ...wordsOf(field)]));
}

function unique(words: string[]): string[] {
  return [...new Set(words)];
}

describe('docs/modules.md', () => {
  const sections = new Map(
    modulesPage.split(/^## /m).map((text) => [text.slice(0, text.indexOf('\n')), text]),
  );

  test('has no section for a module that does not exist', () => {
    const extra = [...sections.keys()].filter(
      (title) => /^[a-z:]+$/.test(title) && !registry.names().includes(title),
    );
    expect(extra).toEqual([]);
  });

  describe.each(registry.names())('%s', (name) => {
    const { manifest } = registry.describe(name);
    const section = sections.get(name) ?? '';

    test('has a section that tells its stream role, ports and summary', () => {
      expect(section).toContain(`Stream: ${manifest.stream}`);
      const summary = /^Summary: .*/ms.exec(section)?.[0] ?? '';
      for (const port of manifest.ports) expect(section).toContain(`port \`${port}\``);
      for (const field of keysOf(manifest.result['properties'])) {
        expect(summary).toContain(`\`${field}\``);
      }
    });

    test('has a row with the default for every param, and for nothing else', () => {
      const rows = Array.from(
        section.matchAll(/^\| `(\w+)` +\|[^|]+\| *(.*?) *\|/gm),
        ([, param, fallback]) => [param, fallback],
      );
      expect(Object.fromEntries(rows)).toEqual(defaultsOf(manifest.params));
    });
  });
});

/** What the column `default` says of each param. */
function defaultsOf({ properties, required }: JsonObject): Record<string, string> {
  const names = Array.isArray(required) ? required : [];
  return Object.fromEntries(
    keysOf(properties).map((name) => {
      if (names.includes(name)) return [name, 'required'];
      const property = isJsonObject(properties) ? properties[name] : undefined;
      const value = isJsonObject(property) ? property['default'] : undefined;
      return [name, value === undefined ? '' : `\`${writeDefault(value)}\``];
    }),
  );
}

function writeDefault(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function keysOf(object: Json | undefined): string[] {
  return isJsonObject(object) ? Object.keys(object) : [];
}
