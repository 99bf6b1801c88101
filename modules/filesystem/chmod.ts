import { z } from 'zod';
import { type Context, defineModule, type Metadata } from '../../sdk/typescript/index.ts';
import { fileMode, parseMode, withSearch } from './mode.ts';
import { walk } from './walk.ts';

const params = z.object({
  path: z.string().min(1),
  mode: fileMode.describe("Octal digits in quotes: '0644'."),
  recursive: z
    .boolean()
    .default(false)
    .describe('All that a folder holds as well; links are left out.'),
  directory_mode: fileMode
    .optional()
    .describe('For folders when recursive; left out: `mode`, with x wherever it has r.'),
});

type ChmodContext = Context<z.output<typeof params>, 'files'>;

/** Changes permissions. */
export const chmod = defineModule({
  name: 'chmod',
  summary: 'Changes the permissions of a file or folder, if they differ.',
  params,
  result: z.object({
    path: z.string(),
    changed: z.boolean(),
    count: z.int().describe('Files and folders whose permissions differed.'),
  }),
  capabilities: ['files'],
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [
    { description: 'A script that can be run', params: { path: 'deploy.sh', mode: '0755' } },
    { description: 'A tree to read only', params: { path: 'site', mode: '0444', recursive: true } },
  ],
  perform(ctx) {
    const { path, recursive } = ctx.params;
    const below: Subject[] = [];
    const found = ctx.files.stat(path);
    if (recursive && found.kind === 'directory') below.push(...subjectsBelow(ctx));
    const isTree = recursive && found.kind === 'directory';
    const subjects = [...below, { path, metadata: found, wanted: wantedMode(ctx, found, isTree) }];
    const differing = subjects.filter(
      ({ metadata, wanted }) => (metadata.mode & 0o7777) !== wanted,
    );
    if (!ctx.dryRun) for (const { path, wanted } of differing) ctx.files.setMode(path, wanted);
    return { path, changed: differing.length > 0, count: differing.length };
  },
});

interface Subject {
  path: string;
  metadata: Metadata;
  wanted: number;
}

/** The deepest first: a folder may lose the right to be entered. */
function subjectsBelow(ctx: ChmodContext): Subject[] {
  const { path } = ctx.params;
  const found: Subject[] = [];
  const options = { path, glob: undefined, recursive: true, kind: undefined };
  for (const entry of walk(ctx.files, options)) {
    if ('error' in entry) throw entry.error;
    const { path, metadata } = entry;
    // Changing a link's permissions would change those of what it points to.
    if (metadata.kind === 'symlink') continue;
    found.push({ path, metadata, wanted: wantedMode(ctx, metadata, true) });
  }
  return found.reverse();
}

function wantedMode({ params }: ChmodContext, { kind }: Metadata, isTree: boolean): number {
  const mode = parseMode(params.mode);
  if (!isTree || kind !== 'directory') return mode;
  return params.directory_mode === undefined ? withSearch(mode) : parseMode(params.directory_mode);
}
