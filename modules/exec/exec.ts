import { z } from 'zod';
import {
  byteSize,
  type Context,
  defineModule,
  LineSplitter,
  OrkError,
  parseByteSize,
  type RunResult,
} from '../../sdk/typescript/index.ts';
import { type CommandLine, showCommand, toCommandLine } from './command-line.ts';
import { sandboxHint } from './sandbox-hint.ts';

const params = z.object({
  command: z
    .union([z.string().min(1), z.array(z.string()).min(1)])
    .optional()
    .describe('A program and its arguments; text is split at blanks, without a shell.'),
  shell: z.string().min(1).optional().describe('A script for /bin/sh -c.'),
  args: z.array(z.string()).default([]).describe('Further arguments, taken as they are.'),
  cwd: z.string().min(1).optional().describe('The workspace when left out.'),
  env: z
    .record(z.string().regex(/^[^=\0]+$/), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('Variables beside those that security_context.env lets through.'),
  stdin: z.string().optional(),
  secret_files: z
    .record(z.string().regex(/^\w[\w.-]{0,127}$/), z.string())
    .default({})
    .describe('Files by name, in a private folder in memory; its path is in $SECRETS_DIR.'),
  success_codes: z.array(z.int().min(0).max(255)).min(1).default([0]),
  max_output: byteSize.default('1MiB').describe('Kept per channel, the last bytes.'),
  stream: z.enum(['lines', 'none']).default('none').describe('Lines of stdout become records.'),
});

const result = z.object({
  exit_code: z.int().nullable().describe('Null after a signal and in a dry run.'),
  signal: z.string().nullable(),
  stdout: z.string(),
  stderr: z.string(),
  truncated: z.boolean(),
  duration_ms: z.int(),
  would_run: z
    .boolean()
    .optional()
    .describe('True in a dry run: what it would yield is not known.'),
});

type ExecContext = Context<z.output<typeof params>, 'process'>;
type Summary = z.output<typeof result>;
/** What a program that has run leaves. */
type Ended = Omit<Summary, 'would_run'>;

/** Runs one program. */
export const exec = defineModule({
  name: 'exec',
  summary: 'Runs a program, or a shell script.',
  params,
  result,
  capabilities: ['process'],
  stream: 'producer',
  code: ['shell'],
  idempotent: false,
  supportsDryRun: true,
  reusable: true,
  examples: [
    { description: 'A program', params: { command: ['git', 'rev-parse', 'HEAD'] } },
    { description: 'A script', params: { shell: 'du -s "$1" | cut -f1', args: ['/var/log'] } },
    {
      description: 'A secret in a file',
      params: {
        shell: 'curl --config "$SECRETS_DIR/curl" https://api.example.com',
        secret_files: { curl: 'header = "Authorization: Bearer {{ secret(\'TOKEN\') }}"' },
      },
    },
    { description: 'Lines as records', params: { command: 'journalctl -f', stream: 'lines' } },
  ],
  perform(ctx) {
    const line = toCommandLine(ctx.params);
    if (ctx.dryRun) return plan(ctx, line);
    const start = ctx.now();
    const outcome = run(ctx, line);
    const summary = summarize(outcome, ctx.now() - start);
    if (outcome.signal === undefined && isSuccess(ctx, outcome)) return summary;
    throw failure(line, outcome, summary);
  },
});

function plan(ctx: ExecContext, line: CommandLine): Summary {
  const { program, arguments: args } = line;
  ctx.log.info(`Would run ${showCommand(line)}`, { program, arguments: args });
  const nothing = { exit_code: null, signal: null, stdout: '', stderr: '' };
  return { ...nothing, truncated: false, duration_ms: 0, would_run: true };
}

function run(ctx: ExecContext, line: CommandLine): RunResult {
  const { cwd, env, stdin, secret_files: privateFiles, max_output, stream } = ctx.params;
  const texts = Object.entries(env).map(([name, value]) => [name, String(value)]);
  const environment = Object.fromEntries(texts) as Record<string, string>;
  const command = { ...line, environment, directory: cwd, stdin, privateFiles };
  const maxOutput = parseByteSize(max_output);
  if (stream === 'none') return ctx.process.run(command, { maxOutput });
  const lines = new LineSplitter('split');
  const emit = (found: string[]) => ctx.output.write(found.map(toRecord));
  const outcome = ctx.process.run(command, {
    maxOutput,
    onOutput: (channel, bytes) => {
      if (channel === 'stdout') emit(lines.push(bytes));
    },
  });
  emit(lines.end());
  return outcome;
}

function toRecord(line: string) {
  return { channel: 'stdout', line };
}

function summarize(outcome: RunResult, duration: number): Ended {
  return {
    exit_code: outcome.exitCode ?? null,
    signal: outcome.signal ?? null,
    stdout: outcome.stdout,
    stderr: outcome.stderr,
    truncated: outcome.truncated,
    duration_ms: duration,
  };
}

function isSuccess(ctx: ExecContext, { exitCode }: RunResult): boolean {
  return exitCode !== undefined && ctx.params.success_codes.includes(exitCode);
}

/** The summary is registered all the same: handlers read exit code and output. */
function failure(line: CommandLine, outcome: RunResult, summary: Ended): OrkError {
  const { signal, exitCode, stderr } = outcome;
  const how = signal === undefined ? `exited with code ${exitCode}` : `was ended by ${signal}`;
  const lastWords = stderr.trimEnd().split('\n').at(-1)?.trim().slice(0, 300) ?? '';
  const detail = lastWords === '' ? '' : `: ${lastWords}`;
  return new OrkError('other', `${showCommand(line)} ${how}${detail}`, {
    reason: signal === undefined ? 'exec.exit-code' : 'exec.signal',
    hint: sandboxHint(stderr),
    summary,
  });
}
