import { z } from 'zod';

/** Permissions as people write them. A YAML number would be read as decimal, so it must be text. */
export const fileMode = z.string().regex(/^[0-7]{3,4}$/, "must be text of octal digits: '0644'");

export function parseMode(mode: string): number {
  return Number.parseInt(mode, 8);
}

export function formatMode(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

/** A folder can be read only by who may search it: x wherever there is r. */
export function withSearch(mode: number): number {
  return mode | ((mode & 0o444) >> 2);
}
