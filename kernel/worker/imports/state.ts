import type { Message } from '../../frames/peer.ts';
import type { JsonObject } from '../../types/json.ts';
import type { CurrentCall } from '../call-context.ts';
import { guarded } from './guarded.ts';

/** `ork:module/state`: the kernel keeps the state and decides who sees what of it. */
export function stateImports(current: CurrentCall): object {
  return {
    get: (path: string[]): Promise<string | undefined> =>
      guarded('reading the state', async () => {
        const { header, body } = await ask(current, 'state.get', { path });
        return header['found'] === true ? new TextDecoder().decode(body) : undefined;
      }),
    set: (path: string[], value: string): Promise<void> =>
      guarded('writing the state', async () => {
        await ask(current, 'state.set', { path }, new TextEncoder().encode(value));
      }),
  };
}

function ask(
  current: CurrentCall,
  method: string,
  header: JsonObject,
  body?: Uint8Array,
): Promise<Message> {
  const { peer, id } = current();
  return peer.request(method, { call: id, ...header }, body);
}
