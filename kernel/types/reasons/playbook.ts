import type { ReasonEntry, Reasons } from './reason.ts';

const finding = (meaning: string, advice: string): ReasonEntry => ({
  code: 'finding',
  meaning,
  advice,
});
const warning = (meaning: string, advice: string): ReasonEntry => ({
  code: 'warning',
  meaning,
  advice,
});

/** What is found by reading and checking a playbook. */
export const PLAYBOOK_REASONS: Reasons = {
  'yaml.alias': finding(
    'An alias names no anchor, or aliases expand to too much.',
    'Write the values out.',
  ),
  'yaml.bare-template': finding(
    'A template without quotes is a map for YAML.',
    'Put quotes around it.',
  ),
  'yaml.depth': finding(
    'Lists and maps nest deeper than 64 levels.',
    'Flatten the data, or read it from a file.',
  ),
  'yaml.documents': finding('The file holds more than one document.', 'Remove the ---.'),
  'yaml.duplicate-key': finding('A map has the same key twice.', 'Remove one of them.'),
  'yaml.empty': finding('The file is empty.', 'Start with ork init.'),
  'yaml.forbidden-key': finding('A key could reach the prototype of an object.', 'Rename the key.'),
  'yaml.key': finding('A key is not text.', 'Put quotes around it.'),
  'yaml.number': finding('A number cannot be kept exactly.', 'Put quotes around it.'),
  'yaml.root': finding('A playbook is a map.', 'Start with name: and schemaVersion:.'),
  'yaml.size': finding(
    'The file is larger than 1 MiB.',
    'Keep large data in files of the workspace.',
  ),
  'yaml.syntax': finding('The text is not YAML.', 'See the place that the message names.'),
  'yaml.value': finding('A value has no form in JSON.', 'Write it as text.'),
  'yaml.version': finding('The file asks for another version of YAML.', 'Remove the %YAML line.'),
  'playbook.unknown-key': finding(
    'The language has no such key there.',
    'Use the nearest one that the hint names.',
  ),
  'playbook.required': finding('A key that is required is missing.', 'Add it.'),
  'playbook.invalid': finding(
    'A value is not of the type or in the range that the key asks for.',
    'See docs/playbook.md.',
  ),
  'playbook.renamed': finding(
    'A word of an earlier design.',
    'Use the new word that the message names.',
  ),
  'playbook.foreign-field': finding(
    'The field does not belong to this lifecycle policy.',
    'Remove it, or change the policy.',
  ),
  'playbook.call-count': finding(
    'A playbook and all that it calls are more than 64 files.',
    'Put playbooks together, or loop over one.',
  ),
  'playbook.call-cycle': finding(
    'Playbooks call each other without end.',
    'Take out one of the calls that the message names.',
  ),
  'playbook.call-depth': finding(
    'Playbooks call each other more than eight levels deep.',
    'Call some of them from higher up.',
  ),
  'playbook.call-input-type': finding(
    'A value for an input of a called playbook is not of its type.',
    'Change one of the two.',
  ),
  'playbook.call-missing-input': finding(
    'An input of a called playbook has neither a value nor a default.',
    'Give it under `inputs` of the call.',
  ),
  'playbook.call-path': finding(
    'The path of a called playbook is absolute.',
    'Write it as it is seen from the folder of the calling playbook.',
  ),
  'playbook.call-template': finding(
    'The path of a called playbook is a template.',
    'Choose between playbooks by `when`, in a workload for each.',
  ),
  'playbook.call-unknown-input': finding(
    'A called playbook declares no such input.',
    'Use the nearest one that the hint names, or declare it there.',
  ),
  'playbook.call-unreadable': finding(
    'A called playbook cannot be read, or is no regular file.',
    'Check the path: it starts at the folder of the calling playbook.',
  ),
  'playbook.needs-daemon': finding(
    'ork run only runs run_once workloads.',
    'Apply the playbook to the daemon.',
  ),
  'playbook.duplicate-name': finding('Two workloads have the same name.', 'Rename one of them.'),
  'playbook.name-clash': finding(
    'Two names that templates read are the same.',
    'Rename one of them.',
  ),
  'playbook.cycle': finding(
    'Workloads wait for each other.',
    'Break the cycle that the message prints.',
  ),
  'playbook.edge-in-group': finding(
    'A workload waits for the end of one that it shares a stream with.',
    'Read the result elsewhere, or cut the stream.',
  ),
  'playbook.self-reference': finding('A workload waits for itself.', 'Remove the reference.'),
  'playbook.unknown-workload': finding(
    'There is no workload of that name.',
    'Use the nearest name that the hint gives.',
  ),
  'playbook.unknown-module': finding(
    'There is no module of that name.',
    'List them with ork modules list.',
  ),
  'playbook.unknown-name': finding(
    'A template reads a name that does not exist there.',
    'Declare it under inputs or vars, or register it.',
  ),
  'playbook.unknown-field': finding(
    'A result has no such field.',
    'What the module returned is under .summary.',
  ),
  'playbook.computed-reference': finding(
    'A reference is computed, so that no dependency follows from it.',
    'Write the name out.',
  ),
  'playbook.parameters-only': finding(
    'Only inputs and vars can be read there.',
    'Move the value to inputs or vars.',
  ),
  'playbook.code-injection': finding(
    'Data from outside would become part of a program; of a result it is a warning.',
    'Pass it by env, stdin or a bound parameter.',
  ),
  'playbook.when': finding(
    'when is not exactly one template that yields a boolean.',
    'Write "{{ expression }}".',
  ),
  'playbook.loop': finding(
    'loop is not a list or one template, or stands beside stream_inputs.',
    'See docs/playbook.md, loop.',
  ),
  'playbook.finally': finding('A rule of finally is broken.', 'See docs/playbook.md, finally.'),
  'playbook.cron': finding('The cron expression is wrong.', 'Write five or six fields.'),
  'playbook.timezone': finding('There is no such time zone.', 'Use a name such as Europe/Berlin.'),
  'playbook.two-triggers': finding(
    'A workload depends on two triggers.',
    'Split it: each run has one trigger.',
  ),
  'playbook.run-boundary': finding(
    'A dependency or a stream crosses the boundary of a run.',
    'Keep it within the run of one trigger.',
  ),
  'playbook.input-type': finding(
    'The default of an input is not of its type.',
    'Change one of the two.',
  ),
  'playbook.vars': warning(
    'A template among vars is not rendered.',
    'Tag it with !raw, or move the template to where it is used.',
  ),
  'params.unknown-key': finding('The module has no such param.', 'See ork modules show NAME.'),
  'params.required': finding(
    'A param that the module requires is missing.',
    'See ork modules show NAME.',
  ),
  'expression.syntax': finding('The expression is not CEL.', 'See docs/expressions.md.'),
  'expression.template': finding(
    'This param is an expression of its own and is never templated.',
    'Pass values by bind.',
  ),
  'expression.arguments': finding(
    'A function is given fewer or more arguments than it takes.',
    'See docs/expressions.md.',
  ),
  'expression.environment': finding(
    'An expression reads an environment variable that its workload is not granted.',
    'List it under security_context.env of the workload.',
  ),
  'expression.unknown-function': finding('There is no such function.', 'See docs/expressions.md.'),
  'expression.foreign-name': warning(
    'The expression runs where this name is not known.',
    'Pass it by bind.',
  ),
  'secret.in-arguments': warning(
    'A secret becomes an argument, which every user of the host can read.',
    'Use env, stdin or secret_files.',
  ),
  'stream.duplicate': finding('A stream is listed twice.', 'Remove one of them.'),
  'stream.missing': warning(
    'A module that reads a stream has none.',
    'Name its producers in stream_inputs.',
  ),
  'stream.not-a-consumer': finding('The module takes no stream.', 'Remove stream_inputs.'),
  'stream.not-a-producer': finding(
    'The module produces no stream.',
    'Read its result by register instead.',
  ),
  'stream.off': finding(
    'The module produces a stream only when it is asked to.',
    'Set its param, for instance stream: lines.',
  ),
  'stream.unknown-port': finding('The module has no such port.', 'See ork modules show NAME.'),
  'stream.unread': warning(
    'Nobody reads a stream.',
    'Consume it, or leave it: records are counted and dropped.',
  ),
  'pipeline.nested': finding('A pipeline stands in a pipeline.', 'List its steps instead.'),
  'pipeline.not-a-consumer': finding(
    'A step takes no stream from the one before.',
    'Choose another module.',
  ),
  'pipeline.not-a-producer': finding(
    'A step gives no stream to the one behind.',
    'Choose another module.',
  ),
  'pipeline.template': finding('The modules of the steps cannot be computed.', 'Write them out.'),
};
