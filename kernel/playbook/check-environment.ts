import type { FunctionCall } from '../expressions/references.ts';
import type { Checking, PlacedText } from './checking.ts';
import type { DraftWorkload } from './draft.ts';

/**
 * Reports `env('NAME')` of a name that the workload is not granted; without a workload, as in outputs, none is. A name
 * that is computed is checked when it is evaluated, and one inside `default` may be missing.
 */
export function checkEnvironment(
  calls: readonly FunctionCall[],
  workload: DraftWorkload | undefined,
  site: PlacedText,
  { draft, loaded, problems }: Checking,
): void {
  const asked = calls.filter(
    ({ name, method, optional }) => name === 'env' && !method && !optional,
  );
  if (asked.length === 0) return;
  const granted = workload?.securityContext['env'] ?? draft.securityContext['env'];
  for (const { text, offset } of asked) {
    if (text === undefined) continue;
    if (workload !== undefined && Array.isArray(granted) && granted.includes(text)) continue;
    const position = loaded.map.positionInString(site.path, offset, 'env'.length);
    const message = `the environment variable '${text}' cannot be read here`;
    const hint =
      workload === undefined
        ? 'read it in a workload, and register the result'
        : `grant it by security_context: { env: [${text}] }`;
    problems.error('expression.environment', message, position, hint);
  }
}
