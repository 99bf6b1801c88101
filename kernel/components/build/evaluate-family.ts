import type { Family } from '../../../sdk/typescript/define.ts';
import { deriveManifest } from '../../../sdk/typescript/manifest.ts';
import { asOrkError, OrkError } from '../../types/errors.ts';
import type { FamilyManifest } from '../../types/manifest.ts';
import { parseManifest } from '../manifest.ts';
import { bundleForManifest } from './bundle.ts';

/** The manifest of a folder's family: runs its top-level code in this process, which is its author's. */
export async function evaluateFamily(
  directory: string,
  root: string,
): Promise<{ manifest: FamilyManifest; inputs: string[] }> {
  const { code, inputs } = await bundleForManifest(directory, root);
  const family = await evaluate(code, directory);
  const manifest = parseManifest(deriveManifest(family), directory);
  return { manifest, inputs };
}

async function evaluate(code: string, directory: string): Promise<Family> {
  const url = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  let exported: { default?: Partial<Family> };
  try {
    exported = (await import(url)) as typeof exported;
  } catch (error) {
    const { message } = asOrkError(error);
    throw new OrkError('invalid-argument', `${directory}/index.ts cannot be run: ${message}`, {
      reason: 'build.evaluate',
      hint: 'Top-level code only defines modules: whatever calls the host belongs in perform.',
      cause: error,
    });
  }
  if (Array.isArray(exported.default?.modules)) return exported.default as Family;
  throw new OrkError('invalid-argument', `${directory}/index.ts exports no family.`, {
    reason: 'build.no-family',
    hint: 'End it with: export default defineFamily({ family: …, modules: […] });',
  });
}
