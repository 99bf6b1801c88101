import { describe, expect, it } from 'vitest';
import { compileProgram } from './program.ts';

describe('a program', () => {
  it('is evaluated per record', () => {
    const program = compileProgram('record.a > bind.least', 'record', { least: 5 });
    expect([4, 6].map((a) => program.evaluate({ a }))).toEqual([false, true]);
  });

  it('names the record as its caller likes', () => {
    expect(compileProgram('row.a', 'row', {}).evaluate({ a: 1 })).toBe(1);
  });

  it('goes on after a record that fails', () => {
    const program = compileProgram('record.a', 'record', {});
    expect(() => program.evaluate({})).toThrow("'record' has no field 'a'");
    expect(program.evaluate({ a: 1 })).toBe(1);
  });

  it('cannot read the environment', () => {
    expect(() => compileProgram("env('HOME')", 'record', {}).evaluate({})).toThrow('HOME');
  });

  it('is compiled before it sees a record', () => {
    expect(() => compileProgram('record.', 'record', {})).toThrow(
      expect.objectContaining({ reason: 'expression.syntax' }),
    );
  });
});
