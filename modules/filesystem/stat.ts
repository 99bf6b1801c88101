import { z } from 'zod';
import { defineModule } from '../../sdk/typescript/index.ts';
import { statIfThere } from './existing.ts';
import { formatMode } from './mode.ts';
import { nameOf } from './path.ts';

/** What the file system knows of one path. */
export const stat = defineModule({
  name: 'stat',
  summary: 'Looks at a file or folder: kind, size, permissions, time.',
  params: z.object({
    path: z.string().min(1),
    follow: z.boolean().default(true).describe('Looks at what a link points to.'),
    missing_ok: z
      .boolean()
      .default(false)
      .describe('A path that is not there is no failure: `exists` is false.'),
  }),
  result: z.object({
    path: z.string(),
    name: z.string(),
    exists: z.boolean(),
    kind: z.enum(['file', 'directory', 'symlink', 'other']).nullable(),
    size: z.int().nullable(),
    mode: z.string().nullable(),
    modified: z.string().nullable().describe('RFC 3339.'),
  }),
  capabilities: ['files'],
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [{ description: 'Is it there?', params: { path: 'VERSION', missing_ok: true } }],
  perform(ctx) {
    const { path, follow, missing_ok } = ctx.params;
    const name = nameOf(path);
    const found = missing_ok
      ? statIfThere(ctx.files, path, { follow })
      : ctx.files.stat(path, { follow });
    if (found === undefined) {
      return { path, name, exists: false, kind: null, size: null, mode: null, modified: null };
    }
    const { kind, size, mode, modified } = found;
    const time = new Date(modified).toISOString();
    return { path, name, exists: true, kind, size, mode: formatMode(mode), modified: time };
  },
});
