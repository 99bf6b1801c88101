import { z } from 'zod';
import { byteSize, defineModule, OrkError, parseByteSize } from '../../sdk/typescript/index.ts';
import { encodeBase64 } from './base64.ts';

/** The content of one file. */
export const read = defineModule({
  name: 'read',
  summary: 'Reads a file.',
  params: z.object({
    path: z.string().min(1),
    encoding: z.enum(['text', 'base64']).default('text').describe('Text is UTF-8.'),
    max_bytes: byteSize.default('1MiB').describe('A larger file fails.'),
  }),
  result: z.object({ content: z.string(), size: z.int(), path: z.string() }),
  capabilities: ['files'],
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [{ description: 'A text file', params: { path: 'VERSION' } }],
  perform(ctx) {
    const { path, encoding } = ctx.params;
    const max = parseByteSize(ctx.params.max_bytes);
    if (ctx.files.stat(path).size > max) throw tooLarge(path, max);
    // Not trusting the size: a file may grow meanwhile, and those of /proc say 0.
    const bytes = ctx.files.readBytes(path, max + 1);
    if (bytes.length > max) throw tooLarge(path, max);
    const content = encoding === 'base64' ? encodeBase64(bytes) : decodeText(bytes, path);
    return { content, size: bytes.length, path };
  },
});

function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new OrkError('invalid-argument', `${path} is not UTF-8 text.`, {
      reason: 'filesystem.not-text',
      hint: 'Use `encoding: base64`.',
    });
  }
}

function tooLarge(path: string, max: number): OrkError {
  return new OrkError('resource-exhausted', `${path} is larger than ${max} bytes.`, {
    reason: 'filesystem.too-large',
    hint: 'Raise `max_bytes`, or stream it with data:parse.',
  });
}
