/**
 * The same text, with U+FFFD in place of half a surrogate pair, as TextEncoder does it. Records and params are JSON and may
 * hold such halves; a string that has one traps the engine when it is handed to the host.
 */
export function wellFormed(text: string): string {
  // What is no text at all is the host's to refuse.
  return typeof text === 'string' ? text.toWellFormed() : text;
}
