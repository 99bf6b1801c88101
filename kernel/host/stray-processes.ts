import { readdirSync, readFileSync } from 'node:fs';

/**
 * The environment variable by which everything that a worker has started can be told, even when it
 * has left the worker's session. systemd marks the processes of a service in the same way.
 */
export const MARKER = 'INVOCATION_ID';

/** New processes may appear while the old ones are being ended; after so many rounds it is given up. */
const MAX_ROUNDS = 10;

/**
 * Ends every process that carries the marker. A program that clears its environment escapes this;
 * only a process namespace holds it.
 */
export function endStrays(invocation: string): void {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const strays = processesMarked(`${MARKER}=${invocation}`);
    if (strays.length === 0) return;
    for (const pid of strays) end(pid);
  }
}

function processesMarked(entry: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(entry))
    .map(Number);
}

/** Empty for what is gone, or is not ours to look into; zombies have none. */
function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    return [];
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
