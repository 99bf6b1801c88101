import type { DescribedModule } from '../../components/built-in.ts';
import type { JsonObject } from '../../types/json.ts';
import type { ModuleManifest } from '../../types/manifest.ts';
import { printable, printableLine } from './printable.ts';
import { isOpen, type Property, propertiesOf } from './schema-text.ts';
import type { Style } from './style.ts';
import { tableRows } from './table.ts';

/** All that a manifest says of one module, for people. */
export async function moduleToText(module: DescribedModule, style: Style): Promise<string> {
  const { manifest } = module;
  const parts = [
    [`${style.strong(manifest.name)} ${module.version}`, `  ${printableLine(manifest.summary)}`],
    tableRows(facts(module), '  '),
    [style.strong('Params'), ...paramLines(manifest.params)],
    [style.strong('Result'), ...resultLines(manifest.result)],
    ...(await exampleParts(manifest, style)),
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function facts({ manifest, family }: DescribedModule): string[][] {
  const { stream, ports, capabilities } = manifest;
  const list = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '));
  const yes = (flag: boolean) => (flag ? 'yes' : 'no');
  return [
    ['stream', STREAM_WORDS[stream]],
    ['ports', list(ports)],
    ['capabilities', list(capabilities)],
    ['idempotent', yes(manifest.idempotent)],
    ['dry run', yes(manifest.supports_dry_run)],
    ['family', `${family.family}, layer ${family.layer}, ${printableLine(family.license)}`],
  ];
}

const STREAM_WORDS = {
  none: 'none',
  producer: 'producer (writes records)',
  consumer: 'consumer (reads records)',
  transform: 'transform (reads and writes records)',
} as const;

function paramLines(schema: JsonObject): string[] {
  return propertyLines(schema, 'There are none.', ({ required, fallback }) => {
    if (fallback !== undefined) return `, default ${fallback}`;
    return required ? ', required' : '';
  });
}

function resultLines(schema: JsonObject): string[] {
  return propertyLines(schema, 'It is empty.', ({ required }) => (required ? '' : ', not always'));
}

/** Name and type on a line, what it means below. */
function propertyLines(
  schema: JsonObject,
  none: string,
  remark: (property: Property) => string,
): string[] {
  const lines = propertiesOf(schema).flatMap((property) => {
    const { name, type, description } = property;
    const line = `  ${printableLine(`${name}: ${type}${remark(property)}`)}`;
    return description === '' ? [line] : [line, `      ${printableLine(description)}`];
  });
  if (isOpen(schema)) lines.push('  Others may be there as well.');
  return lines.length === 0 ? [`  ${none}`] : lines;
}

async function exampleParts({ examples, name }: ModuleManifest, style: Style): Promise<string[][]> {
  if (examples.length === 0) return [];
  const { stringify } = await import('yaml');
  return examples.map(({ description, params }) => {
    const process = stringify({ process: { module: name, params } }, { lineWidth: 0 }).trimEnd();
    const lines = printable(process).split('\n');
    return [
      `${style.strong('Example')}: ${printableLine(description)}`,
      ...lines.map((line) => `  ${line}`),
    ];
  });
}
