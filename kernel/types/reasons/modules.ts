import type { Reasons } from './reason.ts';

/** What the standard library and the functions that modules call say. */
export const MODULE_REASONS: Reasons = {
  'control.fail': {
    code: 'failed-precondition',
    meaning: 'control:fail was reached, with the message and code that its params give.',
    advice: 'See the playbook.',
  },
  'data.aggregate-window': {
    code: 'invalid-argument',
    meaning: 'window and count are given together, or wrongly.',
    advice: 'Give one of them.',
  },
  'data.bad-header': {
    code: 'invalid-argument',
    meaning: 'The header of a table has empty or repeated names.',
    advice: 'Name the columns with columns.',
  },
  'data.bad-pattern': {
    code: 'invalid-argument',
    meaning: 'The regular expression is wrong, or has no named groups.',
    advice: 'Write (?<name>…).',
  },
  'data.map-ways': {
    code: 'invalid-argument',
    meaning: 'data:map is given ways that exclude each other, or none.',
    advice: 'Give fields, expression, or set and remove.',
  },
  'data.no-list': {
    code: 'invalid-argument',
    meaning: 'The field to split does not hold a list.',
    advice: 'Filter such records out, or set on_error.',
  },
  'data.no-text': {
    code: 'invalid-argument',
    meaning: 'The field to parse does not hold text.',
    advice: 'Filter such records out, or set on_error.',
  },
  'data.overflow': {
    code: 'resource-exhausted',
    meaning: 'A sum is beyond what a number can hold.',
    advice: 'Scale the values.',
  },
  'data.parse-options': {
    code: 'invalid-argument',
    meaning: 'An option does not belong to the format.',
    advice: 'See ork modules show data:parse.',
  },
  'data.parse-source': {
    code: 'invalid-argument',
    meaning: 'data:parse is given no source, or several.',
    advice: 'Give a stream, text, or file.',
  },
  'data.text-too-long': {
    code: 'resource-exhausted',
    meaning: 'The text would be larger than 1 MiB.',
    advice: 'Write it to a file.',
  },
  'data.too-many-groups': {
    code: 'resource-exhausted',
    meaning: 'There are more groups than max_groups.',
    advice: 'Raise it, or group by less.',
  },
  'data.too-many-keys': {
    code: 'resource-exhausted',
    meaning: 'There are more distinct keys than max_keys.',
    advice: 'Raise it, or use a key that repeats.',
  },
  'data.too-many-records': {
    code: 'resource-exhausted',
    meaning: 'There are more records than the module may hold.',
    advice: 'Raise max_records, or filter first.',
  },
  'data.too-many-values': {
    code: 'resource-exhausted',
    meaning: 'A group holds more values than it may.',
    advice: 'Group by more, or use another aggregate.',
  },
  'data.unfit-value': {
    code: 'invalid-argument',
    meaning: 'A value does not fit the operation.',
    advice: 'Filter such records out, or set on_error.',
  },
  'exec.command-or-shell': {
    code: 'invalid-argument',
    meaning: 'exec is given both command and shell, or neither.',
    advice: 'Give one of them.',
  },
  'exec.empty': {
    code: 'invalid-argument',
    meaning: 'The command is empty.',
    advice: 'Name a program.',
  },
  'exec.exit-code': {
    code: 'other',
    meaning: 'A program ended with a code that is not among success_codes.',
    advice: 'See its output in the summary.',
  },
  'exec.signal': {
    code: 'other',
    meaning: 'A program was ended by a signal.',
    advice: 'See its output in the summary.',
  },
  'exec.unfinished-quote': {
    code: 'invalid-argument',
    meaning: 'A quote in command is not closed.',
    advice: 'Close it, or write the command as a list.',
  },
  'expression.not-an-object': {
    code: 'invalid-argument',
    meaning: 'An expression of data:map yields something other than an object.',
    advice: 'Yield a map, or use fields.',
  },
  'expression.not-boolean': {
    code: 'invalid-argument',
    meaning: 'A filter yields something other than true or false.',
    advice: 'Compare: record.count > 0.',
  },
  'files.cannot-copy': {
    code: 'invalid-argument',
    meaning: 'The system refuses to copy this onto that.',
    advice: 'See the message.',
  },
  'files.is-directory': {
    code: 'failed-precondition',
    meaning: 'It is a folder.',
    advice: 'Name a file.',
  },
  'files.not-granted': {
    code: 'denied',
    meaning: 'The path is outside the workspace and what is granted.',
    advice: 'Add it to security_context.filesystem.',
  },
  'files.not-regular': {
    code: 'failed-precondition',
    meaning: 'It is neither a file nor a folder.',
    advice: 'Name a regular file.',
  },
  'files.too-large': {
    code: 'resource-exhausted',
    meaning: 'The file is larger than may be read at once.',
    advice: 'Read it as a stream.',
  },
  'files.whole-grant': {
    code: 'invalid-argument',
    meaning: 'A granted folder itself cannot be changed.',
    advice: 'Name something in it.',
  },
  'filesystem.checksum-mismatch': {
    code: 'failed-precondition',
    meaning: 'The checksum is not the expected one.',
    advice: 'Get the file anew.',
  },
  'filesystem.copy-into-itself': {
    code: 'invalid-argument',
    meaning: 'A folder would be copied into itself.',
    advice: 'Choose another target.',
  },
  'filesystem.exists': {
    code: 'already-exists',
    meaning: 'The target is there already.',
    advice: 'Set overwrite: true, or choose another.',
  },
  'filesystem.is-directory': {
    code: 'failed-precondition',
    meaning: 'It is a folder.',
    advice: 'Set recursive: true, or name a file.',
  },
  'filesystem.link-across': {
    code: 'unsupported',
    meaning: 'A link cannot be moved to another file system.',
    advice: 'Copy it.',
  },
  'filesystem.missing': {
    code: 'not-found',
    meaning: 'There is nothing at the path.',
    advice: 'Set missing_ok: true if that is fine.',
  },
  'filesystem.move-into-itself': {
    code: 'invalid-argument',
    meaning: 'A folder would be moved into itself.',
    advice: 'Choose another target.',
  },
  'filesystem.not-base64': {
    code: 'invalid-argument',
    meaning: 'The content is not base64.',
    advice: 'Set encoding: text.',
  },
  'filesystem.not-directory': {
    code: 'failed-precondition',
    meaning: 'It is not a folder.',
    advice: 'Name a folder.',
  },
  'filesystem.not-empty': {
    code: 'failed-precondition',
    meaning: 'The folder is not empty.',
    advice: 'Set recursive: true.',
  },
  'filesystem.not-text': {
    code: 'invalid-argument',
    meaning: 'The file is not UTF-8.',
    advice: 'Set encoding: base64.',
  },
  'filesystem.template-null': {
    code: 'invalid-argument',
    meaning: 'A placeholder has no value.',
    advice: 'Give it in vars.',
  },
  'filesystem.template-source': {
    code: 'invalid-argument',
    meaning: 'filesystem:template is given both text and file, or neither.',
    advice: 'Give one of them.',
  },
  'filesystem.template-syntax': {
    code: 'invalid-argument',
    meaning: 'A placeholder is not closed or has no name.',
    advice: 'See docs/modules.md.',
  },
  'filesystem.too-large': {
    code: 'resource-exhausted',
    meaning: 'The file is larger than max_bytes.',
    advice: 'Raise it, or read it as a stream.',
  },
  'filesystem.whole-workspace': {
    code: 'invalid-argument',
    meaning: 'The workspace itself cannot be deleted.',
    advice: 'Name something in it.',
  },
  'process.no-directory': {
    code: 'failed-precondition',
    meaning: 'The folder to run in is not there.',
    advice: 'Make it first.',
  },
  'process.no-private-folder': {
    code: 'io',
    meaning: 'No private folder for secret files could be made.',
    advice: 'See the message.',
  },
  'process.not-found': {
    code: 'not-found',
    meaning: 'There is no such program.',
    advice: 'Check its name and PATH.',
  },
  'process.private-file': {
    code: 'invalid-argument',
    meaning: 'The name of a secret file is not allowed.',
    advice: 'Use letters, digits, _, - and dots.',
  },
  'stream.malformed-batch': {
    code: 'invalid-argument',
    meaning: 'Records are not JSON objects.',
    advice: 'Tell the author of the module.',
  },
  'stream.no-input': {
    code: 'invalid-argument',
    meaning: 'The module has no input of that name.',
    advice: 'Name one of stream_inputs.',
  },
  'stream.no-port': {
    code: 'internal',
    meaning: 'The module has no output of that name.',
    advice: 'Declare the port in the manifest.',
  },
  'stream.oversized-record': {
    code: 'resource-exhausted',
    meaning: 'A record is larger than 1 MiB.',
    advice: 'Keep large data in files.',
  },
  'text.line-too-long': {
    code: 'resource-exhausted',
    meaning: 'A line is longer than 1 MiB.',
    advice: 'Split the text otherwise.',
  },
};
