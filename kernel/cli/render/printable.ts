/**
 * Characters that could steer a terminal or reorder its text: C0 and C1 controls but tab and line
 * feed, and Unicode's direction overrides.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text from outside, fit for a terminal: what could steer it is shown as an escape. */
export function printable(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

/** The same on one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n').replaceAll('\t', ' ');
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code < 256
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
