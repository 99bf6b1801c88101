import type { Argument, Command, Option } from 'commander';

export interface Candidate {
  value: string;
  description: string;
}

/** What the word at the cursor may become, as far as the declared commands say. */
export type Wanted =
  | { kind: 'candidates'; candidates: Candidate[] }
  | {
      kind: 'value';
      /** What the declaration calls it: `file` of `--vars-file <file>`. */
      placeholder: string;
      /** What has been typed of the value. */
      typed: string;
      /** What stands before the value in the same word: `--vars-file=`. */
      prefix: string;
      /** The arguments that stand before, by what the declaration calls them. */
      given: ReadonlyMap<string, string>;
    };

const NOTHING: Wanted = { kind: 'candidates', candidates: [] };

/**
 * Reads a command line up to the cursor by the declarations of the commands. `words` come after the
 * program's name; the last one is the word at the cursor.
 */
export function readLine(program: Command, words: string[]): Wanted {
  const line = new Line(program);
  for (const word of words.slice(0, -1)) line.pass(word);
  return line.wanted(words.at(-1) ?? '');
}

class Line {
  #command: Command;
  /** The commands on the line, the program first. */
  readonly #path: Command[];
  readonly #operands: string[] = [];
  /** An option whose value is the next word. */
  #pending: Option | undefined;
  /** Whether `--` has been passed: no option comes after it. */
  #operandsOnly = false;

  constructor(program: Command) {
    this.#command = program;
    this.#path = [program];
  }

  pass(word: string): void {
    if (this.#pending !== undefined) this.#pending = undefined;
    else if (word === '--' && !this.#operandsOnly) this.#operandsOnly = true;
    else if (this.#isOption(word)) this.#passOption(word);
    else if (!this.#enter(word)) this.#operands.push(word);
  }

  wanted(current: string): Wanted {
    if (this.#pending !== undefined) return this.#value(this.#pending, current, '');
    if (this.#isOption(current)) return this.#option(current);
    if (this.#operands.length === 0 && this.#subcommands().length > 0) {
      return { kind: 'candidates', candidates: this.#subcommands().map(commandCandidate) };
    }
    return this.#argument(current);
  }

  #isOption(word: string): boolean {
    return word.startsWith('-') && !this.#operandsOnly;
  }

  #passOption(word: string): void {
    const option = this.#find(word);
    if (option?.required) this.#pending = option;
  }

  #enter(word: string): boolean {
    if (this.#operands.length > 0) return false;
    const command = this.#subcommands().find((known) => known.name() === word);
    if (command === undefined) return false;
    this.#command = command;
    this.#path.push(command);
    return true;
  }

  #option(current: string): Wanted {
    const at = current.indexOf('=');
    if (at < 0) return { kind: 'candidates', candidates: this.#options().map(optionCandidate) };
    const flag = current.slice(0, at);
    const option = this.#find(flag);
    if (!option?.required) return NOTHING;
    return this.#value(option, current.slice(at + 1), `${flag}=`);
  }

  #argument(current: string): Wanted {
    const argument = this.#command.registeredArguments[this.#operands.length];
    if (argument === undefined) return NOTHING;
    // `ork help COMMAND` is commander's own: its argument is one of its neighbours.
    if (argument.name() === 'command') {
      const names = this.#path.at(-2)?.commands ?? [];
      return { kind: 'candidates', candidates: visible(names).map(commandCandidate) };
    }
    return this.#value(argument, current, '');
  }

  #value(declared: Option | Argument, typed: string, prefix: string): Wanted {
    if (declared.argChoices !== undefined) {
      const values = declared.argChoices.map((choice) => `${prefix}${choice}`);
      return { kind: 'candidates', candidates: values.map((value) => plain(value)) };
    }
    const { registeredArguments } = this.#command;
    const given = new Map(
      this.#operands.map((operand, index) => [registeredArguments[index]?.name() ?? '', operand]),
    );
    return { kind: 'value', placeholder: placeholderOf(declared), typed, prefix, given };
  }

  #find(flag: string): Option | undefined {
    return this.#options().find(({ long, short }) => long === flag || short === flag);
  }

  #subcommands(): Command[] {
    return this.#command.commands.length === 0
      ? []
      : this.#command.createHelp().visibleCommands(this.#command);
  }

  /** Options of the commands above hold below them, too; the program's version is no news there. */
  #options(): Option[] {
    return this.#path.toReversed().flatMap((command) => {
      const options = command.createHelp().visibleOptions(command);
      if (command === this.#command) return options;
      return options.filter(({ long }) => long !== '--help' && long !== '--version');
    });
  }
}

/** `file` of `-o, --output-file <file>`, or the name of an argument. */
function placeholderOf(declared: Option | Argument): string {
  if (!('flags' in declared)) return declared.name();
  return /[<[]([^>\]]+)[>\]]/.exec(declared.flags)?.[1] ?? '';
}

function optionCandidate({ long, short, description }: Option): Candidate {
  return { value: long ?? short ?? '', description };
}

function commandCandidate(command: Command): Candidate {
  return { value: command.name(), description: command.description() };
}

function visible(commands: readonly Command[]): Command[] {
  return commands.flatMap((command) => {
    const parent = command.parent;
    return parent?.createHelp().visibleCommands(parent).includes(command) ? [command] : [];
  });
}

function plain(value: string): Candidate {
  return { value, description: '' };
}
