import { Transform } from 'node:stream';
import type { Stage } from './cases.ts';

/** A stage as one writes it in plain Node: split at line feeds, parse, change, stringify. */
export function lineStage(change: NonNullable<Stage['plain']>): Transform {
  const decoder = new TextDecoder();
  let rest = '';
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = rest + decoder.decode(chunk, { stream: true });
      const end = text.lastIndexOf('\n');
      rest = text.slice(end + 1);
      done(null, end === -1 ? undefined : changed(text.slice(0, end), change));
    },
  });
}

function changed(text: string, change: NonNullable<Stage['plain']>): string {
  let out = '';
  for (const line of text.split('\n')) {
    const result = change(JSON.parse(line));
    if (result !== undefined) out += `${JSON.stringify(result)}\n`;
  }
  return out;
}
