import { z } from 'zod';
import { defineModule, OrkError } from '../../sdk/typescript/index.ts';
import { isDirectory } from './existing.ts';

/** The SHA-256 of a file. */
export const checksum = defineModule({
  name: 'checksum',
  summary: 'Computes the SHA-256 of a file, and compares it.',
  params: z.object({
    path: z.string().min(1),
    expected: z
      .string()
      .regex(/^(?:sha256:)?[0-9a-fA-F]{64}$/, 'must be a SHA-256: 64 hexadecimal digits')
      .optional()
      .describe('The SHA-256 that the file must have: 64 hexadecimal digits.'),
  }),
  result: z.object({ path: z.string(), sha256: z.string(), size: z.int() }),
  capabilities: ['files'],
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [{ description: 'Of a file', params: { path: 'release.tgz' } }],
  perform(ctx) {
    const { path, expected } = ctx.params;
    const { kind, size } = ctx.files.stat(path);
    if (kind === 'directory') throw isDirectory(path);
    const summary = { path, sha256: ctx.files.sha256(path), size };
    const wanted = expected?.toLowerCase().replace('sha256:', '');
    if (wanted === undefined || wanted === summary.sha256) return summary;
    throw new OrkError('failed-precondition', `${path} has another SHA-256: ${summary.sha256}.`, {
      reason: 'filesystem.checksum-mismatch',
      hint: `It should be ${wanted}: fetch the file again, or correct \`expected\`.`,
      summary,
    });
  },
});
