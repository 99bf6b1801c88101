import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A playbook of these workloads, each a line of YAML: its file. */
export async function writePlaybook(
  folder: string,
  name: string,
  workloads: string[],
): Promise<string> {
  const file = path.join(folder, `${name}.yaml`);
  const lines = [`name: ${name}`, 'schemaVersion: v1.0.0', 'workloads:', ...workloads];
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

/** A workload in YAML's flow style; `params` too. */
export function workload(name: string, module: string, params: string, after?: string): string {
  const order = after === undefined ? '' : `, depends_on: [${after}]`;
  return `  - { name: ${name}, lifecycle: { policy: run_once }, process: { module: "${module}", params: ${params} }${order} }`;
}

/** One after the other, each waiting for the one before. */
export function chain(length: number, module: string, params: string): string[] {
  return Array.from({ length }, (_, index) =>
    workload(`w${index}`, module, params, index === 0 ? undefined : `w${index - 1}`),
  );
}
