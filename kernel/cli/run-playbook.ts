import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { ModuleRegistry } from '../components/registry.ts';
import { closureSecrets } from '../engine/closure-secrets.ts';
import type { RunEvent, RunReport } from '../engine/events.ts';
import type { PlaybookRun } from '../engine/run.ts';
import type { WorkerPool } from '../host/worker-pool.ts';
import { Redactor } from '../observability/redaction/redactor.ts';
import type { Playbook } from '../playbook/model.ts';
import { PIPELINE, stepsOf } from '../playbook/pipeline.ts';
import type { LaunchPlanner } from '../sandbox/launch-planner.ts';
import type { SecretProvider } from '../secrets/provider.ts';
import { isJsonObject, type JsonObject } from '../types/json.ts';
import { randomUuid } from '../types/uuid.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { loadAndCheck } from './load-playbook.ts';
import { findingsToText } from './problems.ts';
import type { Console } from './render/output.ts';
import { makeProgress, type Progress } from './render/progress.ts';
import { eventToJson, reportToJson } from './render/report-json.ts';
import { failuresToText, reportToText } from './render/report-text.ts';
import { makeStyle } from './render/style.ts';
import { openSecrets, withoutSecrets } from './secrets.ts';
import { selectWorkloads } from './select-workloads.ts';
import type { StopSignals } from './stop-signals.ts';
import { readVariables } from './variables.ts';

export type OutputFormat = 'text' | 'json' | 'ndjson';

export interface RunPlaybook {
  file: string;
  output: OutputFormat;
  vars: string[];
  varsFile?: string;
  workspace: string;
  maxParallel?: number;
  failFast: boolean;
  dryRun: boolean;
  /** Where the audit log goes; the user's state folder when undefined. */
  auditLog?: string;
  secretsFile?: string;
  /** The names of `--only`; everything runs when there are none. */
  only: string[];
}

export interface RunSurroundings {
  pool: WorkerPool;
  registry: ModuleRegistry;
  launches: LaunchPlanner;
  signals: StopSignals;
  console: Console;
  /** Those of the environment, which no longer has them. */
  environmentSecrets: SecretProvider;
}

/** Checks the playbook, runs it with the workers of the pool, and reports. */
export async function runPlaybook(
  command: RunPlaybook,
  surroundings: RunSurroundings,
): Promise<ExitCode> {
  const redactor = new Redactor();
  try {
    return await checkAndRun(command, surroundings, redactor);
  } catch (thrown) {
    throw withoutSecrets(thrown, redactor);
  }
}

async function checkAndRun(
  command: RunPlaybook,
  { pool, registry, launches, signals, console, environmentSecrets }: RunSurroundings,
  redactor: Redactor,
): Promise<ExitCode> {
  const { sources, findings, files, valid } = await loadAndCheck(command.file, registry, {
    forRun: true,
    workspace: command.workspace,
    onRead: (value) => {
      const component = registry.componentOf(firstModule(value));
      if (component !== undefined) pool.preload(component);
    },
  });
  const style = makeStyle(console.color);
  console.err(findingsToText(findings, sources, style));
  if (signals.asked) return EXIT.interrupted;
  if (valid === undefined) {
    console.err('validation failed: nothing was run\n');
    return EXIT.failed;
  }
  launches.protect(files);
  const vars = await readVariables(valid.playbook, command.varsFile, command.vars);
  const playbook: Playbook = { ...valid.playbook, vars };
  const selected = selectWorkloads(command.only, valid.graph);
  const secrets = await openSecrets(command.secretsFile, environmentSecrets, redactor);
  secrets.require(await closureSecrets(valid, selected));
  const output = new RunOutput(command.output, console);
  // Loaded late, as the validator is: the worker has been told by now what to prepare for.
  const [{ PlaybookRun }, { openAuditLog, failIfUnrecorded }] = await Promise.all([
    import('../engine/run.ts'),
    import('./audit-log.ts'),
  ]);
  const runId = randomUuid();
  const audit = await openAuditLog({
    ...(command.auditLog === undefined ? {} : { file: command.auditLog }),
    runId,
    environment: process.env,
    redact: (fields) => redactor.redactJson(fields),
    onFailed: (error) => run.failFor(error),
  });
  if (command.auditLog !== undefined) launches.hide([path.resolve(command.auditLog)]);
  const run = new PlaybookRun({
    playbook,
    graph: valid.graph,
    source: valid,
    calls: valid.calls,
    registry,
    pool,
    runId,
    workspace: command.workspace,
    hostEnvironment: process.env,
    launches,
    cores: availableParallelism(),
    ...(command.maxParallel === undefined ? {} : { maxParallel: command.maxParallel }),
    failFast: command.failFast,
    dryRun: command.dryRun,
    ...(selected === undefined ? {} : { selected }),
    secret: (name) => secrets.resolve(name),
    redactor,
    now: Date.now,
    uuid: randomUuid,
    random: Math.random,
    onEvent: (event) => {
      audit.record(event);
      output.event(event);
    },
  });
  await output.start(playbook, run);
  try {
    const executing = run.execute();
    signals.attach(run);
    const report = failIfUnrecorded(await executing, await audit.close());
    await output.finish(report);
    return exitCodeOf(report);
  } finally {
    output.stop();
    await audit.close();
  }
}

/** The module of the first workload of a playbook that has not been checked yet. */
function firstModule({ workloads }: JsonObject): string {
  const first = Array.isArray(workloads) ? workloads[0] : undefined;
  const process = isJsonObject(first) ? first['process'] : undefined;
  const { module, params } = isJsonObject(process) ? process : {};
  if (module === PIPELINE && isJsonObject(params)) return stepsOf(params)[0]?.module ?? '';
  return typeof module === 'string' ? module : '';
}

function exitCodeOf(report: RunReport): ExitCode {
  if (report.status === 'Canceled') return EXIT.interrupted;
  return report.status === 'Failed' ? EXIT.failed : EXIT.ok;
}

/** Progress to standard error while the run goes on, its result to standard output. */
class RunOutput {
  readonly #format: OutputFormat;
  readonly #console: Console;
  #progress: Progress | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(format: OutputFormat, console: Console) {
    this.#format = format;
    this.#console = console;
  }

  async start(playbook: Playbook, run: PlaybookRun): Promise<void> {
    if (this.#format !== 'text') return;
    this.#progress = await makeProgress(playbook, this.#console, () => run.channels());
  }

  event(event: RunEvent): void {
    this.#progress?.event(event);
    if (this.#format !== 'ndjson') return;
    const json = eventToJson(event);
    if (json !== undefined) this.#line(JSON.stringify(json));
  }

  async finish(report: RunReport): Promise<void> {
    this.stop();
    const style = makeStyle(this.#console.color);
    const outStyle = makeStyle(this.#console.outColor);
    if (this.#format === 'text') this.#line(reportToText(report, outStyle).trimEnd());
    if (this.#format === 'json') this.#line(JSON.stringify(reportToJson(report), null, 2));
    if (this.#format !== 'ndjson') this.#console.err(failuresToText(report, style));
    await this.#written;
  }

  stop(): void {
    this.#progress?.stop();
    this.#progress = undefined;
  }

  #line(text: string): void {
    const written = this.#written.then(() => this.#console.out(`${text}\n`));
    // Told once, by `finish`; the run itself goes on without its reader.
    written.catch(() => {});
    this.#written = written;
  }
}
