import { OrkError } from '../types/errors.ts';
import { isJsonObject } from '../types/json.ts';
import type { ModuleIndex } from './manifest.ts';

/**
 * Reads the text of `index.json`. The index is part of the installed package, written and checked by
 * the build, and as trusted as the kernel's own code; so only what an older or broken file would lack
 * is checked here, and the schema library, which takes as long to load as all else, is not needed.
 */
export function readModuleIndex(text: string, file: string): ModuleIndex {
  const index = parse(text);
  if (isJsonObject(index) && index['version'] === 1 && Array.isArray(index['families'])) {
    return index as unknown as ModuleIndex;
  }
  throw new OrkError('failed-precondition', `${file} is not an index of modules`, {
    reason: 'modules.invalid-index',
    hint: 'in a checkout, run `make build`; otherwise install ork again',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
