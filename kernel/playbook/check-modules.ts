import { didYouMean } from '../expressions/nearest.ts';
import type { JsonObject } from '../types/json.ts';
import type { ModuleManifest } from '../types/manifest.ts';
import { type Catalog, type Checking, stringsIn } from './checking.ts';
import type { DraftWorkload } from './draft.ts';
import { checkParams } from './params.ts';
import type { Path } from './source-map.ts';
import { renamedModule } from './vocabulary.ts';
import type { Finding } from './zod-issues.ts';

/** Modules that do not exist, and params that their schema refuses whatever templates will yield. */
export function checkModules(checking: Checking): void {
  for (const workload of checking.draft.workloads) {
    if (workload.module === undefined || workload.module === '') continue;
    const manifest = checking.catalog.find(workload.module);
    if (manifest === undefined) reportUnknown(workload, workload.module, checking);
    else
      checkParamsAt(manifest, workload.params, [...workload.path, 'process', 'params'], checking);
  }
}

function reportUnknown({ path }: DraftWorkload, module: string, checking: Checking): void {
  const { catalog, loaded, problems } = checking;
  const position = loaded.map.valuePosition([...path, 'process', 'module']);
  const renamed = renamedModule(module);
  if (renamed !== undefined) {
    problems.error('playbook.renamed', `the module '${module}' is now '${renamed}'`, position);
    return;
  }
  const hint = adviceOn(module, catalog);
  problems.error('playbook.unknown-module', `there is no module '${module}'`, position, hint);
}

function adviceOn(module: string, catalog: Catalog): string {
  const [name = ''] = module.split('@', 1);
  if (name !== module && catalog.find(name) !== undefined) {
    return `this version of ORK pins no versions of modules: write '${name}'`;
  }
  return didYouMean(module, catalog.names()) ?? '`ork modules list` shows all';
}

/** Params that stand at `base`, against the module's schema. `label` opens each message: the module, usually. */
export function checkParamsAt(
  manifest: ModuleManifest,
  params: JsonObject,
  base: Path,
  checking: Checking,
  label = `${manifest.name}: `,
): void {
  const { problems = [] } = checkParams(manifest, params);
  if (problems.length === 0) return;
  const templated = templatedPaths(params, base, checking);
  for (const finding of problems) {
    if (dependsOnTemplate(finding, templated)) continue;
    reportParam(finding, base, label, checking);
  }
}

/** The paths below params whose values are known only when their templates have been rendered. */
function templatedPaths(params: JsonObject, base: Path, { loaded }: Checking): Path[] {
  return Array.from(stringsIn(params, base))
    .filter(({ path, text }) => text.includes('{{') && !loaded.isRaw(path))
    .map(({ path }) => path.slice(base.length));
}

/** A value that is templated, or of which a part is, may turn out well. Keys are as they are. */
function dependsOnTemplate({ path, place }: Finding, templated: Path[]): boolean {
  if (place === 'key') return false;
  return templated.some((other) => path.every((step, index) => step === other[index]));
}

function reportParam(
  { path, place, message, hint, kind }: Finding,
  base: Path,
  label: string,
  { loaded, problems }: Checking,
): void {
  const { map } = loaded;
  const full = [...base, ...path];
  const where = kind === 'required' ? full.slice(0, -1) : full;
  const position = place === 'key' ? map.keyPosition(where) : map.valuePosition(where);
  problems.error(`params.${kind}`, `${label}${message}`, position, hint);
}
