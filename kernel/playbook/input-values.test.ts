import { expect, test } from 'vitest';
import { bindInputs, inputProblems } from './input-values.ts';
import type { InputDeclaration } from './model.ts';

const declared: Record<string, InputDeclaration> = {
  host: { type: 'string' },
  port: { type: 'integer', default: 80 },
};

test('defaults stand in for what is not given', () => {
  expect(bindInputs(declared, { host: 'alpha' })).toEqual({ host: 'alpha', port: 80 });
  expect(bindInputs(declared, { host: 'alpha', port: 81 })).toEqual({ host: 'alpha', port: 81 });
});

test.each([
  [{}, "the playbook needs a value for 'host' (string)"],
  [{ host: 'a', prot: 1 }, "the playbook has no input 'prot'"],
  [{ host: 7 }, "the input 'host' must be of type string, not number"],
  [{ host: 'a', port: null }, "the input 'port' must be of type integer, not null"],
])('%o is refused', (given, message) => {
  expect(() => bindInputs(declared, given)).toThrow(message);
  expect(inputProblems(declared, given).map((problem) => problem.message)).toEqual([message]);
});

test('an unknown name comes with the nearest one, or with all there are', () => {
  const hints = ['prot', 'zzz'].map((name) => inputProblems(declared, { host: '', [name]: 1 })[0]);
  expect(hints).toMatchObject([{ hint: "did you mean 'port'?" }, { hint: 'it takes: host, port' }]);
  expect(inputProblems({}, { zzz: 1 })).toMatchObject([{ hint: 'it takes none' }]);
});

test('a value that is not known yet may have any type', () => {
  expect(inputProblems(declared, { host: '', port: '{{ .p }}' }, () => false)).toEqual([]);
});
