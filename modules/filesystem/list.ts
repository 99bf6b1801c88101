import { z } from 'zod';
import { defineModule, type JsonObject } from '../../sdk/typescript/index.ts';
import { compileGlob } from './glob.ts';
import { formatMode } from './mode.ts';
import { type Found, walk } from './walk.ts';

/** Streams the entries of a folder. */
export const list = defineModule({
  name: 'list',
  summary: 'Streams the entries of a folder, ordered by path.',
  params: z.object({
    path: z.string().min(1).default('.'),
    glob: z
      .string()
      .min(1)
      .optional()
      .describe('Bash glob over paths below `path`; goes as deep as it needs (`**/*.json`).'),
    recursive: z
      .boolean()
      .default(false)
      .describe('Goes into folders; a glob without `/` then matches names at any depth.'),
    kind: z.enum(['file', 'directory', 'symlink', 'other']).optional(),
    hidden: z
      .boolean()
      .default(false)
      .describe('Whether the wildcards of `glob` match names that start with a dot.'),
  }),
  result: z.object({
    count: z.int(),
    skipped: z.int().describe('Folders that could not be read; the log names them.'),
  }),
  capabilities: ['files'],
  stream: 'producer',
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [
    {
      description: 'Every package.json of the dependencies',
      params: { glob: 'node_modules/**/package.json', kind: 'file' },
    },
  ],
  perform(ctx) {
    const { path, glob, recursive, hidden, kind } = ctx.params;
    const compiled = glob === undefined ? undefined : compileGlob(glob, { hidden, recursive });
    const total = { count: 0, skipped: 0 };
    for (const found of walk(ctx.files, { path, glob: compiled, recursive, kind })) {
      if ('error' in found) {
        const { code, message } = found.error;
        ctx.log.warn(`Left out ${found.path}: ${message}`, { path: found.path, code });
        total.skipped += 1;
      } else {
        ctx.output.push(toRecord(found));
        total.count += 1;
      }
    }
    return total;
  },
});

function toRecord({ path, name, metadata }: Found): JsonObject {
  const { kind, size, mode, modified } = metadata;
  const time = new Date(modified).toISOString();
  return { path, name, kind, size, mode: formatMode(mode), modified: time };
}
