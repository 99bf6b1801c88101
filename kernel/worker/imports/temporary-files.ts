import path from 'node:path';
import type { CallContext } from '../call-context.ts';

/**
 * The kernel is told of a file that is to replace another, so that it can remove it if this worker is
 * killed before the file has got its name.
 */
export function announceTemporary(call: CallContext, real: string): void {
  if (isTemporary(real)) call.peer.notify('file.temporary', { call: call.id, path: real });
}

export function settleTemporary(call: CallContext, real: string): void {
  if (isTemporary(real)) call.peer.notify('file.settled', { call: call.id, path: real });
}

function isTemporary(real: string): boolean {
  const name = path.basename(real);
  return name.startsWith('.') && name.endsWith('.tmp');
}
