import { readFileSync } from 'node:fs';

const LINUX = '/proc/sys/kernel/random/uuid';

/**
 * A random UUID (version 4), asked of Linux. node:crypto makes them too, but loading it for that alone
 * takes a quarter of the time that a bare Node starts in, before the first worker can be started.
 */
export function randomUuid(): string {
  try {
    return readFileSync(LINUX, 'latin1').trimEnd();
  } catch {
    return process.getBuiltinModule('node:crypto').randomUUID();
  }
}
