import { didYouMean } from '../expressions/nearest.ts';
import { isTemplate } from '../expressions/scanner.ts';
import type { ModuleManifest } from '../types/manifest.ts';
import { checkParamsAt } from './check-modules.ts';
import type { Checking } from './checking.ts';
import type { DraftWorkload } from './draft.ts';
import { PIPELINE, type PipelineStep, readsStream, stepsOf, writesStream } from './pipeline.ts';
import type { Path } from './source-map.ts';

/** Modules of the engine itself run others, and none of them inside a pipeline. */
const ENGINE_MODULES = [PIPELINE, 'control:playbook'];

/** One step with what is known of it. */
interface Step extends PipelineStep {
  path: Path;
  /** `step 2 (data:filter)` */
  label: string;
  manifest: ModuleManifest | undefined;
}

/** The steps of every `stream:pipeline`: their modules, their params, and that each hands on to the next. */
export function checkPipelines(checking: Checking): void {
  for (const workload of checking.draft.workloads) {
    if (workload.module === PIPELINE) checkPipeline(workload, checking);
  }
}

function checkPipeline(workload: DraftWorkload, checking: Checking): void {
  const base = [...workload.path, 'process', 'params', 'steps'];
  const { steps: written } = workload.params;
  if (typeof written === 'string' && isTemplate(written)) {
    refuseTemplate('the steps of a pipeline', base, checking);
  }
  const steps = stepsOf(workload.params).map(({ module, params }, index): Step => {
    const manifest = ENGINE_MODULES.includes(module) ? undefined : checking.catalog.find(module);
    const label = `step ${index + 1} (${module})`;
    return { module, params, path: [...base, index], label, manifest };
  });
  for (const step of steps) checkModule(step, checking);
  checkJoints(steps, checking);
  warnUnreadRejects(steps, workload, checking);
}

function checkModule({ module, params, path, label, manifest }: Step, checking: Checking): void {
  const { catalog, loaded, problems } = checking;
  const place = [...path, 'module'];
  const position = loaded.map.valuePosition(place);
  if (manifest !== undefined) {
    checkParamsAt(manifest, params, [...path, 'params'], checking, `${label}: `);
  } else if (isTemplate(module)) {
    refuseTemplate('the module of a step', place, checking);
  } else if (ENGINE_MODULES.includes(module)) {
    const message = `${module} runs other modules, and cannot be a step itself`;
    problems.error('pipeline.nested', message, position, 'list its steps here');
  } else if (module !== '') {
    const hint = didYouMean(module, catalog.names());
    problems.error('playbook.unknown-module', `there is no module '${module}'`, position, hint);
  }
}

/** All steps but the last write a stream, all but the first read one. */
function checkJoints(steps: Step[], checking: Checking): void {
  for (const [index, { label, manifest, params, path }] of steps.entries()) {
    if (manifest === undefined) continue;
    const position = checking.loaded.map.valuePosition([...path, 'module']);
    if (index > 0 && !readsStream(manifest)) {
      const message = `${label} does not take a stream, and stands behind another step`;
      checking.problems.error('pipeline.not-a-consumer', message, position);
    }
    if (index + 1 < steps.length && !writesStream(manifest, params)) {
      const message = `${label} produces no stream, and stands before another step`;
      const hint = manifest.stream === 'producer' ? 'set its param `stream`' : undefined;
      checking.problems.error('pipeline.not-a-producer', message, position, hint);
    }
  }
}

function warnUnreadRejects(steps: Step[], { name }: DraftWorkload, checking: Checking): void {
  const { draft, loaded, problems } = checking;
  const port = `${name}.dead_letter`;
  if (draft.workloads.some(({ streamInputs }) => streamInputs.some(({ text }) => text === port))) {
    return;
  }
  for (const { params, path } of steps) {
    if (params['on_error'] !== 'dead_letter') continue;
    const message = `nobody reads what '${name}' rejects: those records are counted and dropped`;
    const position = loaded.map.valuePosition([...path, 'params', 'on_error']);
    problems.warning(
      'stream.unread',
      message,
      position,
      `consume it with stream_inputs: [${port}]`,
    );
  }
}

function refuseTemplate(what: string, path: Path, { loaded, problems }: Checking): void {
  const message = `${what} must be written out: a template cannot yield them`;
  const hint = 'templates may stand in the params of a step';
  problems.error('pipeline.template', message, loaded.map.valuePosition(path), hint);
}
