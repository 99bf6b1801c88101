/** What the commands exit with (the table in docs/cli.md). */
export const EXIT = {
  ok: 0,
  /** The playbook is invalid, or a workload failed. */
  failed: 1,
  /** Wrong usage: an unknown flag, a missing file. */
  usage: 2,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
