/** What is fuzzed: it takes any text, and throws when something happened that must not. */
export interface Target {
  name: string;
  /** The ending of its files in the corpus. */
  extension: string;
  /** Words that mean something to it. */
  words: readonly [string, ...string[]];
  /**
   * Runs the text and checks what comes of it. Yields what happened in a few words, so that inputs which
   * do something new are told from those that do not.
   */
  run(input: string): Promise<string>;
}

/** Something that must not happen, whatever the input is. */
class Finding extends Error {}

export function require(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Finding(what);
}

const PROTOTYPES: [string, object][] = [
  ['Object', Object.prototype],
  ['Array', Array.prototype],
  ['Function', Function.prototype],
  ['String', String.prototype],
  ['Map', Map.prototype],
];
const membersBefore = PROTOTYPES.map(([, prototype]) => membersOf(prototype));

/** Fails when an input has added to, or taken from, what all objects share. */
export function requireCleanPrototypes(): void {
  for (const [index, [name, prototype]] of PROTOTYPES.entries()) {
    require(membersOf(prototype) === membersBefore[index], `${name}.prototype has changed`);
  }
}

function membersOf(prototype: object): string {
  return Reflect.ownKeys(prototype).map(String).join();
}
