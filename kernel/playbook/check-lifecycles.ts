import { isJsonObject, type Json, type JsonObject } from '../types/json.ts';
import type { Checking } from './checking.ts';
import type { DraftWorkload } from './draft.ts';
import type { Path } from './source-map.ts';

/** Rules between the fields of one workload. */
export async function checkLifecycles(checking: Checking): Promise<void> {
  for (const workload of checking.draft.workloads) {
    checkLoopControl(workload, checking);
    checkStreamInputs(workload, checking);
    checkFinally(workload, checking);
    await checkSchedule(workload, checking);
  }
}

function checkLoopControl(workload: DraftWorkload, { loaded, problems }: Checking): void {
  const { path, loop, policy } = workload;
  const control = valueAt(loaded.value, [...path, 'loop_control']);
  // Where no loop can be either, the policy is what is wrong.
  if (control === undefined || loop !== undefined || policy === 'supervise') return;
  const position = loaded.map.keyPosition([...path, 'loop_control']);
  problems.error('playbook.foreign-field', '`loop_control` needs a `loop`', position);
}

function checkStreamInputs(workload: DraftWorkload, { loaded, problems }: Checking): void {
  const { path, loop, policy, streamInputs } = workload;
  if (streamInputs.length === 0) return;
  const position = loaded.map.keyPosition([...path, 'stream_inputs']);
  if (loop !== undefined) {
    const message =
      'a workload with a `loop` cannot have `stream_inputs`: which item would read them?';
    problems.error('playbook.loop', message, position);
  }
  if (policy !== 'event_driven' && policy !== 'scheduled') return;
  const hint =
    policy === 'event_driven' ? 'name the producer of its events in lifecycle.source' : undefined;
  const message = `no stream crosses the boundary of a run, so a workload that is ${policy} has no \`stream_inputs\``;
  problems.error('playbook.foreign-field', message, position, hint);
}

function checkFinally(workload: DraftWorkload, { loaded, problems }: Checking): void {
  const { path, policy } = workload;
  if (!workload.finally || policy === 'run_once' || policy === '') return;
  const position = loaded.map.keyPosition([...path, 'finally']);
  problems.error('playbook.finally', `only a run_once workload can be a \`finally\``, position);
}

/** The cron library is loaded only for playbooks that have a schedule. */
async function checkSchedule({ path, policy }: DraftWorkload, checking: Checking): Promise<void> {
  if (policy !== 'scheduled') return;
  const { loaded, problems } = checking;
  const cron = valueAt(loaded.value, [...path, 'lifecycle', 'cron']);
  const zone = valueAt(loaded.value, [...path, 'lifecycle', 'timezone']);
  if (typeof cron === 'string') {
    const problem = await cronProblem(cron);
    const position = loaded.map.valuePosition([...path, 'lifecycle', 'cron']);
    const hint = 'minute hour day month weekday, such as "*/5 * * * *"';
    if (problem !== undefined) problems.error('playbook.cron', problem, position, hint);
  }
  if (typeof zone === 'string' && !isTimeZone(zone)) {
    const position = loaded.map.valuePosition([...path, 'lifecycle', 'timezone']);
    const hint = 'use a name such as Europe/Berlin';
    problems.error('playbook.timezone', `there is no time zone '${zone}'`, position, hint);
  }
}

/** The library reads Jenkins' H, and draws a new value for it each time. */
const HASHED = /(?:^|[\s,/])H(?![A-Za-z])/i;

async function cronProblem(text: string): Promise<string | undefined> {
  const fields = text.match(/\S+/g)?.length ?? 0;
  if (fields !== 5 && fields !== 6) {
    return `a cron expression has 5 or 6 fields, and this one has ${fields}`;
  }
  if (HASHED.test(text)) return `'${text}' has an H, which stands for a time chosen at random`;
  const { CronExpressionParser } = await import('cron-parser');
  try {
    CronExpressionParser.parse(text, { tz: 'UTC' });
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `'${text}' is not a cron expression: ${why}`;
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function valueAt(root: JsonObject, path: Path): Json | undefined {
  let value: Json | undefined = root;
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isJsonObject(value)) value = value[step];
    else return undefined;
  }
  return value;
}
