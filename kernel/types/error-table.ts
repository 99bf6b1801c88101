import type { OrkError } from './errors.ts';
import { CLI_REASONS } from './reasons/cli.ts';
import { MODULE_REASONS } from './reasons/modules.ts';
import { PLAYBOOK_REASONS } from './reasons/playbook.ts';
import type { ReasonEntry, Reasons } from './reasons/reason.ts';
import { RUN_REASONS } from './reasons/run.ts';
import { SANDBOX_REASONS } from './reasons/sandbox.ts';
import { STATE_REASONS } from './reasons/state.ts';

/** Every reason that ORK and its standard library give, by what they are about; `docs/errors.md` shows it. */
export const ERROR_TABLE: { title: string; reasons: Reasons }[] = [
  { title: 'Checking a playbook', reasons: PLAYBOOK_REASONS },
  { title: 'Running a playbook', reasons: RUN_REASONS },
  { title: 'The sandbox', reasons: SANDBOX_REASONS },
  { title: 'State', reasons: STATE_REASONS },
  { title: 'The standard library', reasons: MODULE_REASONS },
  { title: 'Commands', reasons: CLI_REASONS },
];

/** What the table says of a reason; undefined for one that a foreign module made up, and for errors of the system (`io.…`). */
export function entryOf(reason: string): ReasonEntry | undefined {
  for (const { reasons } of ERROR_TABLE) if (Object.hasOwn(reasons, reason)) return reasons[reason];
  return undefined;
}

/** What a command ends with that fails with this error. */
export function exitCodeOf({ reason }: OrkError): 1 | 2 {
  return entryOf(reason)?.exitCode ?? 1;
}
