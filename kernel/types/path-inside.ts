import path from 'node:path';

/** True for `root` itself and what lies below it, by their names alone; both absolute. */
export function isInside(candidate: string, root: string): boolean {
  const relative = path.relative(root, candidate);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`);
}
