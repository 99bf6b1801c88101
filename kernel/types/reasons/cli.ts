import type { Reasons } from './reason.ts';

/** Wrong usage of a command, and what a command itself cannot do. */
export const CLI_REASONS: Reasons = {
  'audit.unwritable': {
    code: 'resource-exhausted',
    meaning: 'The audit log cannot be written; nothing new is started.',
    advice: 'Make room on the disk, or name another file with --audit-log.',
  },
  'cli.audit-log-exists': {
    code: 'already-exists',
    meaning: 'The file of --audit-log is there already; a log is never added to.',
    advice: 'Name another file.',
    exitCode: 2,
  },
  'cli.exists': {
    code: 'already-exists',
    meaning: 'A file that ork init would write is there already.',
    advice: 'Choose an empty folder, or move the file away.',
    exitCode: 2,
  },
  'cli.folder': {
    code: 'failed-precondition',
    meaning: 'The folder for ork init cannot be used.',
    advice: 'Name a folder that exists or can be made.',
    exitCode: 2,
  },
  'cli.graph-size': {
    code: 'resource-exhausted',
    meaning: 'The graph is too large for a picture.',
    advice: 'Print it with --format dot or text.',
  },
  'cli.output': {
    code: 'io',
    meaning: 'Standard output cannot be written.',
    advice: 'See whether the disk is full.',
  },
  'cli.unavailable': {
    code: 'unsupported',
    meaning: 'The command is not part of this version.',
    advice: 'See docs/cli.md for what is.',
    exitCode: 2,
  },
  'cli.unknown-module': {
    code: 'not-found',
    meaning: 'There is no module of that name.',
    advice: 'List them with ork modules list.',
    exitCode: 2,
  },
  'cli.unknown-workload': {
    code: 'invalid-argument',
    meaning: '--only names a workload that the playbook does not have.',
    advice: 'See the names with ork graph.',
    exitCode: 2,
  },
  'cli.unreadable-file': {
    code: 'not-found',
    meaning: 'A file that the command line names cannot be read.',
    advice: 'Check the path and its permissions.',
    exitCode: 2,
  },
  'cli.unwritable-file': {
    code: 'io',
    meaning: 'A file that the command line names cannot be written.',
    advice: 'Check the path, its permissions and the disk.',
    exitCode: 2,
  },
  'cli.usage': {
    code: 'invalid-argument',
    meaning: 'The command line is wrong.',
    advice: 'See --help of the command.',
    exitCode: 2,
  },
  'cli.workspace-missing': {
    code: 'not-found',
    meaning:
      'There is no workspace: the folder does not exist, or the playbook is not a file in one.',
    advice: 'Make the folder, or name one with --workspace.',
    exitCode: 2,
  },
  'cli.workspace-refused': {
    code: 'invalid-argument',
    meaning: 'The folder would show everything to modules: /, the home folder, /proc, /sys, /dev.',
    advice: 'Move the playbook into a folder of its own, or name one with --workspace.',
    exitCode: 2,
  },
  'build.bundle': {
    code: 'invalid-argument',
    meaning: 'The sources of a module have a mistake.',
    advice: 'Mend what the message names.',
  },
  'build.componentize': {
    code: 'invalid-argument',
    meaning: 'The bundled sources could not be made into a component.',
    advice: 'Look for what QuickJS does not have; docs/modules.md lists what it has.',
  },
  'build.died': {
    code: 'internal',
    meaning: 'The process that builds ended unexpectedly.',
    advice: 'Build again; see whether memory ran out.',
  },
  'build.evaluate': {
    code: 'invalid-argument',
    meaning: 'The sources of a module throw when they are loaded.',
    advice: 'Mend what the message names; nothing may run outside of perform.',
  },
  'build.family-name': {
    code: 'invalid-argument',
    meaning: 'A family is not named like its folder.',
    advice: 'Rename one of the two.',
  },
  'build.no-family': {
    code: 'invalid-argument',
    meaning: 'The sources export no family by default.',
    advice: 'Write export default defineFamily({ … }).',
  },
  'modules.invalid-index': {
    code: 'failed-precondition',
    meaning: 'The index of the built modules is damaged or of another version.',
    advice: 'Build again: make build, or install the package again.',
  },
  'modules.not-built': {
    code: 'failed-precondition',
    meaning: 'The standard library has not been built.',
    advice: 'Run make build.',
  },
};
