import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  buildProgram,
  compileWords,
  MARKED,
  markedDefaultRules,
} from '../support/native-programs.ts';
import { checkout } from '../support/ork.ts';

type Decision = 'allow' | 'deny' | 'unknown' | 'kill' | 'kernel';

interface Reviewed {
  /** As the probe takes and tells it. */
  call: string;
  name: string;
  decision: Decision;
}

const SIGSYS = 'signal 31';
const UNFILTERED = '-';

/** The numbers, and so the list and the probe, are those of one architecture. */
const IS_REVIEWED = process.arch === 'x64';

test.skipIf(IS_REVIEWED)('the default filter of this architecture', ({ skip }) => {
  skip(`NOT REVIEWED for ${process.arch}: the list and the probe in test/sandbox are for x64`);
});

let folder: string;
let probe: string;
let filter: string;
let reviewed: Reviewed[];
let filtered: Map<string, string>;
let unfiltered: Map<string, string>;

describe.runIf(IS_REVIEWED)('the default filter', () => {
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'ork-filter-'));
    probe = buildProgram(path.join(checkout, 'test/sandbox/probe.c'), path.join(folder, 'probe'));
    filter = path.join(folder, 'default.bpf');
    const { status, program, message } = compileWords(markedDefaultRules());
    if (status !== 0) throw new Error(message);
    writeFileSync(filter, program);
    reviewed = reviewedCalls();
    const withArguments = reviewed.map(({ call }) => call).filter((call) => call.includes(','));
    filtered = resultsOf(filter, ['sweep', ...withArguments]);
    unfiltered = resultsOf(UNFILTERED, ['sweep', ...withArguments]);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test('decides about every number as reviewed', () => {
    const numbers = reviewed.map(({ call }) => Number.parseInt(call, 10));
    expect([...new Set(numbers)]).toEqual(Array.from({ length: 512 }, (_, number) => number));
    const got = reviewed.map(({ call, name, decision }) => ({
      call,
      name,
      decision: decisionOf(call, decision),
    }));
    expect(got).toEqual(reviewed);
  });

  test('is what denies: without it no call ends so', () => {
    const denied = reviewed.filter(({ decision }) => !['allow', 'kernel'].includes(decision));
    expect(denied.length).toBeGreaterThan(200);
    const answers = [`errno ${MARKED.EPERM}`, `errno ${MARKED.ENOSYS}`, SIGSYS];
    expect(denied.filter(({ call }) => answers.includes(unfiltered.get(call) ?? ''))).toEqual([]);
  });

  test('lets the allowed calls do what they do without it', () => {
    const allowed = reviewed.filter(({ decision }) => decision === 'allow');
    // A call that takes long on a busy machine, like sync, may be cut off in one of the two.
    const finished = allowed.filter(({ call }) => !isBlocked(call));
    expect(finished.length).toBeGreaterThan(250);
    const changed = finished.filter(({ call }) => filtered.get(call) !== unfiltered.get(call));
    expect(changed).toEqual([]);
  });

  test('ends who calls as 32-bit programs do', () => {
    const getpid = 'int80,20';
    const control = resultsOf(UNFILTERED, [getpid]).get(getpid);
    // SIGSEGV is the answer of a kernel without such programs.
    expect(['returned', 'signal 11']).toContain(control);
    const expected = control === 'returned' ? SIGSYS : control;
    expect(resultsOf(filter, [getpid]).get(getpid)).toBe(expected);
  });

  test('ends who calls by a number of x32', () => {
    const getpid = String(0x40000000 + 39);
    expect(resultsOf(UNFILTERED, [getpid]).get(getpid)).not.toBe(SIGSYS);
    expect(resultsOf(filter, [getpid]).get(getpid)).toBe(SIGSYS);
  });
});

function isBlocked(call: string): boolean {
  return filtered.get(call) === 'blocked' || unfiltered.get(call) === 'blocked';
}

/** What the filter decided, by how the call ended; `expected` only where no filter decides. */
function decisionOf(call: string, expected: Decision): Decision {
  const result = filtered.get(call);
  if (expected === 'kernel' && result === unfiltered.get(call)) return 'kernel';
  if (result === undefined) throw new Error(`the probe did not tell of ${call}`);
  if (result === `errno ${MARKED.EPERM}`) return 'deny';
  if (result === `errno ${MARKED.ENOSYS}`) return expected === 'kernel' ? 'kernel' : 'unknown';
  return result === SIGSYS ? 'kill' : 'allow';
}

function resultsOf(program: string, calls: string[]): Map<string, string> {
  const { status, stdout, stderr } = spawnSync(probe, [program, ...calls], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the probe failed: ${stderr}`);
  const lines = stdout.trim().split('\n');
  return new Map(lines.map((line) => [cut(line)[0], cut(line)[1]]));
}

function cut(line: string): [string, string] {
  const space = line.indexOf(' ');
  return [line.slice(0, space), line.slice(space + 1)];
}

/** `NR NAME DECISION`, or `NR NAME DECISION ARGUMENTS; DECISION ARGUMENTS; …`. */
function reviewedCalls(): Reviewed[] {
  const text = readFileSync(path.join(checkout, 'test/sandbox/default-filter.txt'), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.flatMap((line) => {
    const [number = '', rest] = cut(line);
    const [name, decisions] = cut(rest);
    return decisions.split('; ').map((part) => {
      const [decision, given] = part.split(' ');
      const call = given === undefined ? number : `${number},${given}`;
      return { call, name, decision: decision as Decision };
    });
  });
}
