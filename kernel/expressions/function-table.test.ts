import { expect, test } from 'vitest';
import { declaredFunctions } from './environment.ts';
import { argumentCountsOf, FUNCTION_NAMES, METHOD_NAMES } from './function-table.ts';

/** What the parser takes apart; the functions know nothing of it. */
const MACROS = ['has', 'default'];
const MACRO_METHODS = ['all', 'exists', 'exists_one', 'existsOne', 'map', 'filter'];

test.each([
  { method: false, names: FUNCTION_NAMES, macros: MACROS },
  { method: true, names: METHOD_NAMES, macros: MACRO_METHODS },
])('the table has each function that there is, and its arguments (methods: $method)', (kind) => {
  const { method, names, macros } = kind;
  const declared = declaredFunctions().filter(({ target }) => (target !== undefined) === method);
  const counts = Map.groupBy(declared, ({ name }) => name);
  expect([...names]).toEqual([...counts.keys(), ...macros]);
  for (const [name, overloads] of counts) {
    const lengths = new Set(overloads.map(({ arguments: { length } }) => length));
    expect([name, argumentCountsOf(name, method)]).toEqual([
      name,
      [...lengths].sort((a, b) => a - b),
    ]);
  }
  for (const macro of macros) expect(argumentCountsOf(macro, method)).toBeUndefined();
});
