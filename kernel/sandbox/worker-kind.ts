/**
 * How much of the host a worker must be able to see: `pure` modules act through the kernel alone, `files` have the
 * workspace, `programs` start what is installed.
 */
export type WorkerKind = 'pure' | 'files' | 'programs';

/** What the capabilities of a module, or of all steps of a pipeline, ask for. */
export function kindOf(capabilities: readonly string[]): WorkerKind {
  if (capabilities.includes('process')) return 'programs';
  return capabilities.includes('files') ? 'files' : 'pure';
}
