import { readFileSync, writeFileSync } from 'node:fs';

const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

/** The document with `text` between its markers, whatever stood there before. */
function between(document: string, text: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`there is no ${BEGIN} … ${END}`);
  return `${document.slice(0, begin + BEGIN.length)}\n${text.trim()}\n${document.slice(end)}`;
}

export function rewrite(file: string, text: string): void {
  writeFileSync(file, between(readFileSync(file, 'utf8'), text));
}
