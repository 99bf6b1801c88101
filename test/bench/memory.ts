import { readFileSync } from 'node:fs';

export interface ProcessMemory {
  /** MB that no other process has. */
  private: number;
  /** MB, what is shared divided by how many share it. */
  proportional: number;
}

export function memoryOf(pid: number): ProcessMemory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return {
    private: megabytes(text, 'Private_Clean') + megabytes(text, 'Private_Dirty'),
    proportional: megabytes(text, 'Pss'),
  };
}

function megabytes(text: string, field: string): number {
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
  if (kibibytes === undefined) throw new Error(`no ${field} in smaps_rollup`);
  return (Number(kibibytes) * 1024) / 1e6;
}
