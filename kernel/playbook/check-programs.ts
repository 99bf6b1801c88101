import type { Inspection } from '../expressions/template.ts';
import type { ModuleManifest } from '../types/manifest.ts';
import type { Resolved } from './check-references.ts';
import { type Checking, matchPatterns, type PlacedText } from './checking.ts';
import type { DraftWorkload } from './draft.ts';
import { originsOf } from './input-flows.ts';
import type { SourcePosition } from './model.ts';
import { PIPELINE, stepsOf } from './pipeline.ts';
import type { Path } from './source-map.ts';

/** Params that become the arguments of a program, where every process of the host can read them. */
const ARGUMENTS: Record<string, string[]> = { exec: ['command', 'args', 'shell'] };

export const PROGRAM_HINT =
  'pass it by an environment variable, a bound parameter or stdin instead';

/** Which params of a workload are the text of a program, and which its arguments: patterns of paths. */
export interface ProgramText {
  code: string[];
  arguments: string[];
}

/** A template and what it reads. */
export interface InspectedText {
  site: PlacedText;
  inspection: Inspection;
  reads: { resolved: Resolved; position: SourcePosition }[];
}

/** The params of a workload that make up a program; those of a pipeline are those of its steps. */
export function programText(
  { module = '', params }: DraftWorkload,
  manifest: ModuleManifest | undefined,
): ProgramText {
  const steps = module === PIPELINE ? stepsOf(params) : [];
  const inSteps = steps.flatMap((step, index) =>
    (ARGUMENTS[step.module] ?? []).map((param) => `steps.${index}.params.${param}`),
  );
  return { code: manifest?.code ?? [], arguments: [...(ARGUMENTS[module] ?? []), ...inSteps] };
}

/**
 * Outside data and results that a template puts into the text of a program, and secrets among its arguments.
 * `path` starts below the params; `loopReads` is what the items of the workload's loop come from.
 */
export function checkProgramText(
  text: ProgramText,
  path: Path,
  { site, inspection, reads }: InspectedText,
  loopReads: Resolved[],
  checking: Checking,
): void {
  if (matchPatterns(text.code, path) === 'within') {
    for (const { resolved, position } of reads) reportCode(resolved, loopReads, position, checking);
  }
  if (matchPatterns(text.arguments, path) === 'within') warnSecret(inspection, site, checking);
}

/** Text from outside that becomes part of a program could become a program of its own. */
function reportCode(
  resolved: Resolved,
  loopReads: Resolved[],
  position: SourcePosition,
  { problems }: Checking,
): void {
  const what = resolved.kind === 'item' ? 'the item of this loop' : undefined;
  const origins = originsOf(resolved, loopReads);
  const outside = origins.find(({ kind }) => kind === 'outside');
  if (outside?.kind === 'outside') {
    const subject =
      what === undefined ? `\`${outside.name}\`` : `${what} is of \`${outside.name}\`, which`;
    const message = `${subject} comes from outside and may not become part of a program`;
    problems.error('playbook.code-injection', message, position, PROGRAM_HINT);
  } else if (origins.some(({ kind }) => kind === 'workload')) {
    const message = 'a result of another workload becomes part of a program here';
    problems.warning('playbook.code-injection', message, position, PROGRAM_HINT);
  }
}

function warnSecret({ calls }: Inspection, site: PlacedText, { loaded, problems }: Checking): void {
  const call = calls.find(({ name, method }) => name === 'secret' && !method);
  if (call === undefined) return;
  const message = 'every user of this host can read the arguments of a program';
  const hint = 'pass it by env, stdin or secret_files instead';
  const position = loaded.map.positionInString(site.path, call.offset, 'secret'.length);
  problems.warning('secret.in-arguments', message, position, hint);
}
