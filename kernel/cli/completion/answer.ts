import type { Command } from 'commander';
import { printableLine } from '../render/printable.ts';
import { type Candidate, readLine } from './line.ts';
import { moduleNames, variables, workloads } from './sources.ts';

/**
 * What a shell is told: candidates, or that it shall complete paths itself (it knows better how to quote
 * them).
 */
export type Answer =
  | { kind: 'words'; candidates: Candidate[] }
  /** Candidates that are to be typed on, such as `NAME=`. */
  | { kind: 'beginnings'; candidates: Candidate[] }
  /** Folders, and files with one of these endings; any file when there are none. */
  | { kind: 'files'; endings: string[] }
  | { kind: 'folders' };

/** The answer for the last of the words after `ork`. */
export async function answer(program: Command, words: string[]): Promise<Answer> {
  const wanted = readLine(program, words);
  if (wanted.kind === 'candidates') return { kind: 'words', candidates: wanted.candidates };
  const { placeholder, typed, prefix, given } = wanted;
  const completed = await complete(placeholder, typed, given.get('playbook'));
  if (!('candidates' in completed)) return completed;
  const candidates = completed.candidates.map(({ value, description }) => ({
    value: `${prefix}${value}`,
    description,
  }));
  return { ...completed, candidates };
}

/** Declarations say by a placeholder what a value is; these can be completed. */
const SOURCES: Readonly<
  Record<string, (typed: string, playbook: string | undefined) => Answer | Promise<Answer>>
> = {
  playbook: () => ({ kind: 'files', endings: ['yaml', 'yml'] }),
  file: () => ({ kind: 'files', endings: [] }),
  dir: () => ({ kind: 'folders' }),
  module: async () => ({ kind: 'words', candidates: await moduleNames() }),
  names: async (typed, playbook) => ({
    kind: 'words',
    candidates: listItems(typed, await workloads(playbook)),
  }),
  'name=value': async (typed, playbook) => assignments(typed, await variables(playbook)),
};

/** The placeholders that something is offered for. */
export const COMPLETED: readonly string[] = Object.keys(SOURCES);

function complete(
  placeholder: string,
  typed: string,
  playbook: string | undefined,
): Answer | Promise<Answer> {
  const source = Object.hasOwn(SOURCES, placeholder) ? SOURCES[placeholder] : undefined;
  return source?.(typed, playbook) ?? { kind: 'words', candidates: [] };
}

/** The next item of a list with commas; those that stand there already are not offered again. */
function listItems(typed: string, names: Candidate[]): Candidate[] {
  const before = typed.split(',').slice(0, -1);
  const left = names.filter(({ value }) => !before.includes(value));
  return left.map(({ value, description }) => ({
    value: [...before, value].join(','),
    description,
  }));
}

/** `NAME=`, and once that stands there, the values of a boolean. */
function assignments(typed: string, names: Awaited<ReturnType<typeof variables>>): Answer {
  const at = typed.indexOf('=');
  if (at < 0) {
    const candidates = names.map(({ value, description }) => ({ value: `${value}=`, description }));
    return { kind: 'beginnings', candidates };
  }
  const name = typed.slice(0, at);
  const values = names.find(({ value }) => value === name)?.boolean ? ['true', 'false'] : [];
  const candidates = values.map((value) => ({ value: `${name}=${value}`, description: '' }));
  return { kind: 'words', candidates };
}

/** The answer as the scripts read it: what it is on the first line, then a candidate a line. */
export function answerToText(answer: Answer): string {
  switch (answer.kind) {
    case 'folders':
      return 'folders\n';
    case 'files':
      return `${['files', ...answer.endings].join(' ')}\n`;
    default: {
      const lines = answer.candidates.map(
        ({ value, description }) => `${value}\t${printableLine(description)}\n`,
      );
      return `${answer.kind}\n${lines.join('')}`;
    }
  }
}
