import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command, Option } from 'commander';
import { describe, expect, test } from 'vitest';
import { declareOrk } from '../../kernel/cli/ork.ts';
import { processConsole } from '../../kernel/cli/render/output.ts';
import { checkout } from '../support/ork.ts';

const page = readFileSync(path.join(checkout, 'docs/cli.md'), 'utf8');
const program = declareOrk({
  console: processConsole(),
  setExitCode: () => {},
  afterHelp: () => {},
});

/** Each command with the words that call it, the program first; `help` is commander's own. */
function commandsIn(command: Command, words: string): [string, Command][] {
  const below = command
    .createHelp()
    .visibleCommands(command)
    .filter((sub) => sub.name() !== 'help');
  return [[words, command], ...below.flatMap((sub) => commandsIn(sub, `${words} ${sub.name()}`))];
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

const commands = commandsIn(program, 'ork');

test('there are commands below commands', () => {
  expect(commands.map(([words]) => words)).toContain('ork modules show');
});

describe.each(commands)('%s', (words, command) => {
  test('shows an example in its help', () => {
    expect(helpOf(command)).toMatch(new RegExp(`^Examples?:\n.*\\b${words}`, 'ms'));
  });

  test('has its options in docs/cli.md', () => {
    const options: Option[] = command.createHelp().visibleOptions(command);
    const names = options.map(({ long }) => long ?? '');
    expect(names).toContain('--help');
    expect(names.filter((name) => !new RegExp(`\`${name}[\` ]`).test(page))).toEqual([]);
  });
});

test.each(commands.filter(([, command]) => command.commands.length === 0))(
  'docs/cli.md has a row for %s',
  (words) => expect(page).toMatch(new RegExp(`^\\| \`${words}[\` ]`, 'm')),
);
