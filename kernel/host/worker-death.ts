import { constants } from 'node:os';
import type { LaunchedSandbox } from '../sandbox/launch.ts';
import { OrkError } from '../types/errors.ts';

/** What is known of the end of a worker process. */
export interface WorkerEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** What the worker has said of its own end; empty when nothing. */
  said: string;
  /** The last of its standard error. */
  stderr: string;
  /** Something in it was ended for want of memory. */
  starved: boolean;
  sandbox?: LaunchedSandbox;
}

/** Why a worker is gone, as the error of what was under way in it. */
export function deathOf(end: WorkerEnd): OrkError {
  const { sandbox } = end;
  if (sandbox?.control.failure !== undefined) return sandbox.control.failure;
  if (sandbox !== undefined && end.starved) return outOfMemory(sandbox);
  const signal =
    sandbox === undefined ? end.signal : (nameOf(sandbox.control.signal) ?? end.signal);
  if (signal === 'SIGSYS') return killedByFilter();
  const how = signal === null ? `exited with code ${end.code}` : `was killed by ${signal}`;
  const said = end.said === '' ? tellingLine(end.stderr) : end.said;
  return new OrkError('unavailable', `the worker ${how}${said === '' ? '' : `: ${said}`}`, {
    reason: signal === null ? 'worker.exited' : 'worker.killed',
    hint: 'something outside ork ended it (the OOM killer, an operator), or it broke: run again',
  });
}

/** The error of a workload of which something was ended for want of memory. */
export function outOfMemory({ plan }: Pick<LaunchedSandbox, 'plan'>): OrkError {
  const limit = plan.limits.memoryBytes ?? 0;
  const message = `the workload needed more memory than it may use: ${Math.floor(limit / 1024 / 1024)} MiB`;
  return new OrkError('resource-exhausted', message, {
    reason: 'sandbox.out-of-memory',
    hint:
      'raise `security_context: { resource_limits: { memory_bytes: … } }` (a group around ork may have less), ' +
      'or let it work on less at a time',
  });
}

function killedByFilter(): OrkError {
  return new OrkError('denied', 'the worker made a system call that no workload may make', {
    reason: 'sandbox.syscall-refused',
    hint: 'give a profile that allows it with `security_context: { seccomp_profile_path: … }`',
  });
}

function nameOf(signal: number | undefined): NodeJS.Signals | undefined {
  const found = Object.entries(constants.signals).find(([, number]) => number === signal);
  return found?.[0] as NodeJS.Signals | undefined;
}

/** Node prints its version last when it crashes; the error stands further up. */
function tellingLine(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.find((line) => /error|fatal/i.test(line)) ?? lines.at(-1) ?? '';
}
