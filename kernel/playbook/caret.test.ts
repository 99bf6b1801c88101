import { describe, expect, it } from 'vitest';
import { formatProblem } from './caret.ts';
import type { Problem } from './model.ts';

function problem(fields: Partial<Problem> = {}): Problem {
  return {
    severity: 'error',
    reason: 'playbook.unknown-key',
    message: "unknown key 'b'",
    position: { file: 'p.yaml', line: 2, column: 3, length: 4 },
    ...fields,
  };
}

describe('formatProblem', () => {
  it('shows the place, the line, a caret and the hint', () => {
    expect(formatProblem(problem({ hint: "did you mean 'a'?" }), 'x:\n  bbbb: 1\n')).toBe(
      [
        "p.yaml:2:3: error: unknown key 'b'",
        '  2 |   bbbb: 1',
        '    |   ^^^^',
        "  hint: did you mean 'a'?",
      ].join('\n'),
    );
  });

  it('keeps tabs in front of the caret', () => {
    expect(formatProblem(problem(), 'x\r\n\t bbbb\r\n')).toContain('\n    | \t ^^^^');
  });

  it('shows a long line around the caret', () => {
    const position = { file: 'p.yaml', line: 1, column: 5001, length: 2 };
    const text = formatProblem(problem({ position }), `${'x'.repeat(5000)}yy${'z'.repeat(5000)}`);
    const [, line = '', caret = ''] = text.split('\n');
    expect(line.length).toBeLessThan(160);
    expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('yy');
  });

  it('does not pass control characters on', () => {
    const text = formatProblem(problem({ message: '\u001b[2J' }), 'x\n  \u001b[31mb\n');
    expect(text).not.toContain('\u001b');
  });

  it('needs no position', () => {
    expect(formatProblem({ severity: 'warning', reason: 'r', message: 'm' }, '')).toBe(
      'warning: m',
    );
  });
});
