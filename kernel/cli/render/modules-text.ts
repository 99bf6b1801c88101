import type { DescribedModule } from '../../components/built-in.ts';
import type { JsonObject } from '../../types/json.ts';
import { printableLine } from './printable.ts';
import type { Style } from './style.ts';
import { tableRows } from './table.ts';

/** One line a module: name, stream role, what it is. */
export function moduleListToText(modules: readonly DescribedModule[], style: Style): string {
  const rows = modules.map(({ manifest: { name, stream, summary } }) => [
    name,
    stream === 'none' ? '-' : stream,
    printableLine(summary),
  ]);
  const lines = tableRows([['MODULE', 'STREAM', 'WHAT IT DOES'], ...rows]);
  const [heading = '', ...body] = lines;
  return [style.strong(heading), ...body, ''].join('\n');
}

/** The same for programs. */
export function moduleList(modules: readonly DescribedModule[]): JsonObject[] {
  return modules.map(({ manifest, family, version }) => ({
    name: manifest.name,
    family: family.family,
    version,
    layer: family.layer,
    summary: manifest.summary,
    stream: manifest.stream,
    ports: manifest.ports,
    capabilities: manifest.capabilities,
    idempotent: manifest.idempotent,
    supports_dry_run: manifest.supports_dry_run,
  }));
}
