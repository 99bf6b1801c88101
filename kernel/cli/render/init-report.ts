import path from 'node:path';
import { printableLine } from './printable.ts';

/** What `ork init` has written, and the commands to go on with, fit to be copied into a shell. */
export function initReport(directory: string, written: string[], playbook: string): string {
  const file = shellWord(path.join(directory, playbook));
  const lines = [
    ...written.map((name) => `wrote ${printableLine(path.join(directory, name))}`),
    '',
    'Next:',
    `  ork validate ${file}`,
    `  ork run ${file}`,
    `  ork graph ${file}`,
  ];
  return `${lines.join('\n')}\n`;
}

function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text) && !text.startsWith('-')) return text;
  return printableLine(`'${text.replaceAll("'", "'\\''")}'`);
}
