import { z } from 'zod';
import {
  type Context,
  defineModule,
  type Json,
  type JsonObject,
  OrkError,
} from '../../sdk/typescript/index.ts';
import { createParents, holds, isDirectory, statIfThere } from './existing.ts';
import { fileMode, parseMode } from './mode.ts';
import { parentOf } from './path.ts';
import { ALL_VARS, bindNames, type Piece, splitTemplate } from './placeholders.ts';

const params = z.object({
  file: z.string().min(1).optional().describe('The file that holds the template.'),
  text: z
    .string()
    .optional()
    .describe('The template itself; tag it !raw, or the playbook fills it in before.'),
  vars: z
    .record(z.string().min(1), z.json())
    .default({})
    .describe('What the expressions of the template see, by name.'),
  dest: z
    .string()
    .min(1)
    .optional()
    .describe('The file that the text is written to, if it would change.'),
  mode: fileMode.optional().describe('Of `dest`: kept when left out; 0644 for a new file.'),
  create_directories: z.boolean().default(false).describe('Creates missing folders above `dest`.'),
});

type TemplateContext = Context<z.output<typeof params>, 'files' | 'expressions'>;

const NEW_FILE_MODE = 0o644;

/** Fills in a template. */
export const template = defineModule({
  name: 'template',
  summary: 'Fills {{ expressions }} into a text, and writes the file if it would change.',
  params,
  result: z.object({
    changed: z.boolean(),
    size: z.int().describe('Bytes of the text.'),
    path: z.string().optional().describe('With `dest`.'),
    text: z.string().optional().describe('Without `dest`.'),
  }),
  capabilities: ['files', 'expressions'],
  idempotent: true,
  supportsDryRun: true,
  reusable: true,
  examples: [
    {
      description: 'A configuration file',
      params: { file: 'app.conf.tmpl', dest: 'app.conf', vars: { port: 8080, tls: true } },
    },
  ],
  perform(ctx) {
    const rendered = render(ctx, splitTemplate(source(ctx)));
    const bytes = new TextEncoder().encode(rendered);
    const { dest } = ctx.params;
    if (dest === undefined) return { changed: false, size: bytes.length, text: rendered };
    return { changed: put(ctx, dest, rendered, bytes), size: bytes.length, path: dest };
  },
});

function source({ params, files }: TemplateContext): string {
  const { file, text } = params;
  if (text !== undefined && file === undefined) return text;
  if (file !== undefined && text === undefined) return files.readText(file);
  throw new OrkError('invalid-argument', 'filesystem:template takes either `file` or `text`.', {
    reason: 'filesystem.template-source',
  });
}

function render(ctx: TemplateContext, pieces: readonly Piece[]): string {
  const known = new Map<string, string>();
  const texts = pieces.map((piece) => {
    if ('text' in piece) return piece.text;
    const { expression, line } = piece;
    const value = known.get(expression) ?? evaluate(ctx, expression, line);
    known.set(expression, value);
    return value;
  });
  return texts.join('');
}

function evaluate(ctx: TemplateContext, expression: string, line: number): string {
  const vars = ctx.params.vars as JsonObject;
  try {
    const program = ctx.expressions.compile(bindNames(expression, Object.keys(vars)), {
      variable: ALL_VARS,
    });
    const [value = null] = program.evaluate([vars]);
    return toText(value, expression);
  } catch (error) {
    throw error instanceof OrkError ? explain(error, expression, line, vars) : error;
  }
}

/** As in playbooks: text as it is, anything else as JSON. */
function toText(value: Json, expression: string): string {
  if (value === null) {
    throw new OrkError('invalid-argument', `\`${expression}\` is null`, {
      reason: 'filesystem.template-null',
      hint: `Write {{ default(${expression}, '') }} if that is meant to be nothing.`,
    });
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The host names the expression that it was given; the author wrote a shorter one. */
function explain(error: OrkError, expression: string, line: number, vars: JsonObject): OrkError {
  const what = error.message.replace(/ in `[\s\S]*$/, '');
  const missing = /^'(\w+)' does not exist/.exec(what);
  const names = Object.keys(vars).join(', ') || '(there are none)';
  const hint = missing === null ? error.hint : `\`vars\` has: ${names}.`;
  const message = `Line ${line}, {{ ${expression} }}: ${what}.`.replace(/\.\.$/, '.');
  return new OrkError(error.code, message, { reason: error.reason, hint });
}

function put(ctx: TemplateContext, dest: string, text: string, bytes: Uint8Array): boolean {
  const { files, dryRun, params } = ctx;
  const existing = statIfThere(files, dest);
  if (existing?.kind === 'directory') throw isDirectory(dest);
  const kept = existing === undefined ? NEW_FILE_MODE : existing.mode & 0o7777;
  const mode = params.mode === undefined ? kept : parseMode(params.mode);
  const isSame = existing !== undefined && holds(files, dest, existing, bytes);
  if (isSame && mode === kept) return false;
  if (dryRun) return true;
  if (isSame) {
    files.setMode(dest, mode);
    return true;
  }
  if (params.create_directories) createParents(files, parentOf(dest));
  files.writeTextAtomic(dest, text, mode);
  return true;
}
