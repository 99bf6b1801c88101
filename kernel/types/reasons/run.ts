import type { Reasons } from './reason.ts';

/** What goes wrong while a playbook runs, apart from what modules say. */
export const RUN_REASONS: Reasons = {
  'call.ended': {
    code: 'failed-precondition',
    meaning: 'A module asked for something after its call had ended.',
    advice: 'Tell the author of the module.',
  },
  'capability.not-granted': {
    code: 'denied',
    meaning: 'The module did not declare what it asked for.',
    advice: 'Declare the capability in the module.',
  },
  'capability.unavailable': {
    code: 'unsupported',
    meaning: 'The module needs a capability that this version does not have.',
    advice: 'Use a newer version of ORK.',
  },
  'dry-run.unknown-stream': {
    code: 'unavailable',
    meaning: 'In a dry run, what a producer would write is not known.',
    advice: 'Nothing: the consumer is reported as would run.',
  },
  'duration.syntax': {
    code: 'invalid-argument',
    meaning: 'The text is not a duration.',
    advice: 'Write 30s, 250ms or 1h30m.',
  },
  'expression.evaluation': {
    code: 'invalid-argument',
    meaning: 'An expression failed for the data that it was given.',
    advice: 'Use default(x, y) for what may be missing.',
  },
  'expression.timeout': {
    code: 'timeout',
    meaning: 'An expression took longer than 250 ms.',
    advice: 'Filter the data first, or let a module of the data family work on a stream.',
  },
  'expression.too-large': {
    code: 'resource-exhausted',
    meaning: 'The result of an expression is larger than 1 MiB.',
    advice: 'Keep large data in files or streams.',
  },
  'manifest.invalid': {
    code: 'invalid-argument',
    meaning: 'The manifest of a component is not valid.',
    advice: 'Build the module again.',
  },
  'manifest.not-an-object': {
    code: 'invalid-argument',
    meaning: 'The params or the result of a module is no zod object.',
    advice: 'Use z.object, and check the rest inside perform.',
  },
  'manifest.params': {
    code: 'failed-precondition',
    meaning: 'The params schema of a module cannot be used.',
    advice: 'Tell the author of the module.',
  },
  'manifest.unknown-capability': {
    code: 'invalid-argument',
    meaning: 'A module declares a capability that does not exist.',
    advice: 'Correct its name; the message lists what there is.',
  },
  'module.async': {
    code: 'internal',
    meaning: 'A module returned a promise.',
    advice: 'Write perform without async: host calls block.',
  },
  'module.bad-summary': {
    code: 'internal',
    meaning: 'What a module returned is not a JSON object.',
    advice: 'Tell the author of the module.',
  },
  'module.built-in': {
    code: 'unsupported',
    meaning: 'The engine runs this module itself: it has no component.',
    advice: 'Nothing: it is used by its name.',
  },
  'module.contract-version': {
    code: 'unsupported',
    meaning: 'A component was built for another version of the contract.',
    advice: 'Build it again with this version.',
  },
  'module.summary-too-large': {
    code: 'resource-exhausted',
    meaning: 'A summary is larger than 1 MiB.',
    advice: 'Write large results to a file or a stream.',
  },
  'module.trap': {
    code: 'internal',
    meaning: 'A component broke: its memory ran out, or it recursed without end.',
    advice: 'Give it less data, or tell the author of the module.',
  },
  'module.undeclared-import': {
    code: 'denied',
    meaning: 'A component imports more than its manifest declares.',
    advice: 'Declare the capability, or do without.',
  },
  'module.unknown': {
    code: 'not-found',
    meaning: 'There is no module of that name.',
    advice: 'List them with ork modules list.',
  },
  'module.unknown-import': {
    code: 'denied',
    meaning: 'A component imports what no module may have.',
    advice: 'Build it with ork-admin build-module.',
  },
  'params.invalid': {
    code: 'invalid-argument',
    meaning:
      'Params are not what the module asks for; found by checking, or once templates were rendered.',
    advice: 'See ork modules show NAME.',
  },
  'pipeline.pause': {
    code: 'failed-precondition',
    meaning: 'A step of a pipeline asked to pause.',
    advice: 'Make it a workload of its own.',
  },
  'playbook.child-failed': {
    code: 'internal',
    meaning: 'A playbook that was called has failed; the code is that of its first failure.',
    advice: 'See the error of the workload that the message names.',
  },
  'playbook.grants-exceed-parent': {
    code: 'denied',
    meaning: 'A playbook that is called asks for more than its caller has.',
    advice: "Widen the caller's security_context, or narrow the other.",
  },
  'playbook.input': {
    code: 'invalid-argument',
    meaning:
      'A playbook is given no value for an input, one of another type, or one that it does not declare.',
    advice: "See the playbook's inputs with ork run PLAYBOOK --help.",
  },
  'protocol.closed': {
    code: 'unavailable',
    meaning: 'The connection between kernel and worker is gone.',
    advice: 'Run again; the error of the worker says more.',
  },
  'protocol.malformed-batch': {
    code: 'invalid-argument',
    meaning: 'A worker sent records that are not one JSON object a line, or miscounted them.',
    advice: 'Tell the author of the module.',
  },
  'protocol.malformed-frame': {
    code: 'invalid-argument',
    meaning: 'A worker sent a message that cannot be read.',
    advice: 'Tell the author of the module.',
  },
  'protocol.oversized-frame': {
    code: 'resource-exhausted',
    meaning: 'A message between kernel and worker is larger than 16 MiB.',
    advice: 'Write smaller batches.',
  },
  'protocol.oversized-record': {
    code: 'resource-exhausted',
    meaning: 'A record is larger than 1 MiB.',
    advice: 'Keep large data in files.',
  },
  'protocol.violation': {
    code: 'invalid-argument',
    meaning: 'A worker asked for what does not exist.',
    advice: 'Tell the author of the module.',
  },
  'protocol.concurrent-read': {
    code: 'resource-exhausted',
    meaning: 'A module reads the same input twice at once.',
    advice: 'Tell the author of the module.',
  },
  'protocol.too-much-in-flight': {
    code: 'resource-exhausted',
    meaning: 'A module has too many writes under way.',
    advice: 'Tell the author of the module.',
  },
  'run.over': {
    code: 'canceled',
    meaning: 'The run had ended before the workload could begin.',
    advice: 'Nothing: whatever ended the run says more.',
  },
  'run.timeout': {
    code: 'timeout',
    meaning: "The run did not end within the playbook's timeout.",
    advice: 'Raise the timeout, or find out what takes so long.',
  },
  'secret.file-invalid': {
    code: 'invalid-argument',
    meaning: 'The file of --secrets-file is not a map of names to texts.',
    advice: 'Write NAME: "value", a line each.',
    exitCode: 2,
  },
  'secret.file-permissions': {
    code: 'denied',
    meaning: 'Others can read or write the secrets file, or it is not yours.',
    advice: 'chmod 600 it.',
    exitCode: 2,
  },
  'secret.file-unreadable': {
    code: 'not-found',
    meaning: 'The secrets file cannot be read.',
    advice: 'Check the path and its permissions.',
    exitCode: 2,
  },
  'secret.not-found': {
    code: 'not-found',
    meaning: 'No provider has the secret.',
    advice: 'Add it to --secrets-file, or set ORK_SECRET_NAME.',
    exitCode: 2,
  },
  'secret.too-long': {
    code: 'resource-exhausted',
    meaning: 'A secret is too long.',
    advice: 'Keep large data in a file.',
    exitCode: 2,
  },
  'secret.too-short': {
    code: 'invalid-argument',
    meaning: 'A secret is shorter than 6 bytes: it would be masked everywhere.',
    advice: 'Use a longer one.',
    exitCode: 2,
  },
  'stream.closed': {
    code: 'closed',
    meaning: 'The consumer of a stream failed.',
    advice: 'See the error of the consumer.',
  },
  'stream.ended': {
    code: 'closed',
    meaning: 'A module wrote to a stream that it had ended.',
    advice: 'Tell the author of the module.',
  },
  'stream.finished': {
    code: 'closed',
    meaning:
      'All consumers of a stream have read what they wanted; the producer counts as completed.',
    advice: 'Nothing.',
  },
  'stream.not-replayable': {
    code: 'unavailable',
    meaning:
      'A workload is not tried again, since its streams have moved records; the code is that of the failure.',
    advice: 'Retry a workload without streams, and stream its result.',
  },
  'stream.policy-violation': {
    code: 'resource-exhausted',
    meaning: 'A channel with the policy fail was full.',
    advice: 'Raise buffer_size, or let it block or drop.',
  },
  'stream.upstream-failed': {
    code: 'closed',
    meaning: 'The producer of a stream failed.',
    advice: 'See the error of the producer.',
  },
  'stream.wait-cycle': {
    code: 'failed-precondition',
    meaning: "Workloads wait for each other's streams.",
    advice: 'Raise buffer_size, or read the streams in the order in which they are written.',
  },
  'worker.exited': {
    code: 'unavailable',
    meaning: 'The worker ended by itself.',
    advice: 'Run again; the message has its last words.',
  },
  'worker.killed': {
    code: 'unavailable',
    meaning: 'Something outside ended the worker: the OOM killer, an operator.',
    advice: 'See the log of the host.',
  },
  'worker.not-started': {
    code: 'unavailable',
    meaning: 'A worker could not be started.',
    advice: 'Raise ulimit -n, or lower --max-parallel.',
  },
  'workload.loop-not-list': {
    code: 'invalid-argument',
    meaning: 'loop yields something other than a list.',
    advice: 'For the keys of a map, write {{ .map.map(key, key) }}.',
  },
  'workload.loop-too-long': {
    code: 'resource-exhausted',
    meaning: 'loop has more than 100,000 items.',
    advice: 'Let a stream carry them: data:generate_from_list.',
  },
  'workload.paused': {
    code: 'failed-precondition',
    meaning: 'A module paused, and ork run cannot wait.',
    advice: 'Apply the playbook to the daemon.',
  },
  'workload.timeout': {
    code: 'timeout',
    meaning: 'An attempt did not end within its timeout.',
    advice: 'Raise the timeout, or find out what it waits for.',
  },
  'workload.when-not-boolean': {
    code: 'invalid-argument',
    meaning: 'when yields something other than true or false.',
    advice: 'Compare: {{ .count > 0 }}.',
  },
};
