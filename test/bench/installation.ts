import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** What of the package a run needs. */
const PACKED = [
  'package.json',
  'kernel/bin',
  'dist',
  'build/modules',
  'build/native',
  'build/worker-cache',
];

/** The ORK that is measured. */
export interface Installation {
  from: 'dist' | 'sources';
  /** Where its package.json lies. */
  root: string;
  /** What starts `ork`. */
  ork: string[];
}

/**
 * The bundle of `npm run build` if it is there, laid out as the package is, since a checkout prefers its
 * sources; else the sources.
 */
export async function findInstallation(
  folder: string,
  wanted: Installation['from'] | undefined,
): Promise<Installation> {
  const built = existsSync(path.join(CHECKOUT, 'dist'));
  if (wanted === 'dist' && !built) throw new Error('there is no dist/: run npm run build first');
  if (!built || wanted === 'sources') return installationAt('sources', CHECKOUT);
  const root = path.join(folder, 'package');
  await layOut(root);
  return installationAt('dist', root);
}

function installationAt(from: Installation['from'], root: string): Installation {
  return { from, root, ork: [process.execPath, path.join(root, 'kernel/bin/ork.js')] };
}

async function layOut(root: string): Promise<void> {
  for (const part of PACKED) {
    await cp(path.join(CHECKOUT, part), path.join(root, part), { recursive: true });
  }
}
