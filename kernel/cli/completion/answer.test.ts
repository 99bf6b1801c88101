import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { declareOrk } from '../ork.ts';
import type { Console } from '../render/output.ts';
import { answer, answerToText, COMPLETED } from './answer.ts';

const console: Console = {
  out: async () => {},
  err: () => {},
  interactive: false,
  color: false,
  outColor: false,
  columns: () => 80,
};

const program = declareOrk({ console, setExitCode: () => {}, afterHelp: () => {} });

const folder = mkdtempSync(path.join(tmpdir(), 'ork-completion-'));
const playbook = path.join(folder, 'playbook.yaml');
writeFileSync(
  playbook,
  `inputs:
  host: { type: string, description: "Where\tto." }
  force: { type: boolean }
vars: { tag: v1, "$(reboot)": 1 }
workloads:
  - { name: build, process: { module: exec } }
  - { name: ship }
  - { name: "a b" }
`,
);
afterAll(() => rmSync(folder, { recursive: true }));

/** The values that are offered for the last word of a line. */
async function values(...words: string[]): Promise<string[]> {
  const given = await answer(program, words);
  return 'candidates' in given ? given.candidates.map(({ value }) => value) : [given.kind];
}

describe('commands', () => {
  it('are offered for the first word, the hidden one aside', async () => {
    const names = await values('');
    expect(names).toEqual(expect.arrayContaining(['run', 'validate', 'modules', 'help']));
    expect(names).not.toContain('__complete');
    expect(await values('modules', '')).toEqual(['list', 'show', 'help']);
  });

  it('are offered for `help`', async () => {
    expect(await values('help', '')).toEqual(expect.arrayContaining(['run', 'graph']));
    expect(await values('modules', 'help', '')).toEqual(['list', 'show']);
  });

  it('come with what they do', async () => {
    expect(answerToText(await answer(program, ['modules', '']))).toMatch(
      /^words\nlist\tlist the modules that playbooks can name\nshow\t/,
    );
  });
});

describe('options', () => {
  it('are those of the command and of the program', async () => {
    expect(await values('validate', '--')).toEqual(['--output', '--help', '--debug']);
    expect(await values('-')).toEqual(['--debug', '--version', '--help']);
  });

  it('offer their choices, in a word of their own or after =', async () => {
    expect(await values('run', '--output', '')).toEqual(['text', 'json', 'ndjson']);
    expect(await values('graph', '--format=')).toEqual([
      '--format=text',
      '--format=dot',
      '--format=mermaid',
      '--format=svg',
    ]);
  });

  it('leave paths to the shell', async () => {
    expect(await answer(program, ['run', '--vars-file', ''])).toEqual({
      kind: 'files',
      endings: [],
    });
    expect(await values('graph', '-o', '')).toEqual(['files']);
    expect(await values('run', '--workspace=')).toEqual(['folders']);
  });

  it('take the next word as their value, not as an argument', async () => {
    expect(await values('run', '--max-parallel', '')).toEqual([]);
    expect(await values('run', '--max-parallel', '3', '--fail-fast', '')).toEqual(['files']);
  });

  it('end at --, and an unknown one offers nothing', async () => {
    expect(await values('run', '--', '--')).toEqual(['files']);
    expect(await values('run', '--what=')).toEqual([]);
  });
});

describe('arguments', () => {
  it('are playbooks, modules or choices', async () => {
    expect(answerToText(await answer(program, ['run', '']))).toBe('files yaml yml\n');
    expect(await values('modules', 'show', '')).toContain('data:parse');
    expect(await values('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('are not offered beyond those that a command takes', async () => {
    expect(await values('run', playbook, '')).toEqual([]);
  });
});

describe('names of the playbook on the line', () => {
  it('are inputs and vars for --var, with = and no space behind', async () => {
    expect(answerToText(await answer(program, ['run', playbook, '--var', '']))).toBe(
      'beginnings\nhost=\tWhere to.\nforce=\tboolean\ntag=\tdefault "v1"\n',
    );
  });

  it('are values for a boolean', async () => {
    expect(await values('run', playbook, '--var', 'force=')).toEqual(['force=true', 'force=false']);
    expect(await values('run', playbook, '--var', 'host=')).toEqual([]);
  });

  it('are workloads for --only, each once in a list', async () => {
    expect(await values('run', playbook, '--only', '')).toEqual(['build', 'ship']);
    expect(await values('run', playbook, '--only=build,')).toEqual(['--only=build,ship']);
  });

  it('are none when it cannot be read', async () => {
    expect(await values('run', path.join(folder, 'none.yaml'), '--var', '')).toEqual([]);
    expect(await values('run', '--var', '')).toEqual([]);
  });
});

it('completes every placeholder that a declaration has', () => {
  const placeholders = (command: Command): string[] => [
    ...command.options
      .filter(({ argChoices }) => argChoices === undefined)
      .flatMap(({ flags }) => /<([^>]+)>/.exec(flags)?.[1] ?? []),
    ...command.registeredArguments
      .filter(({ argChoices }) => argChoices === undefined)
      .map((argument) => argument.name()),
    ...command.commands.flatMap(placeholders),
  ];
  const open = placeholders(program).filter((name) => !COMPLETED.includes(name));
  // A number, and the words of `ork __complete` itself.
  expect(open).toEqual(['n', 'words']);
});
