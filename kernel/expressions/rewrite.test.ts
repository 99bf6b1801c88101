import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../types/json.ts';
import { isJsonObject } from '../types/json.ts';
import { compileExpression } from './cel.ts';
import { addParentheses } from './rewrite.ts';
import type { Host } from './scope.ts';

const host: Host = {
  env: () => undefined,
  secret: () => undefined,
  now: () => new Date(0),
  uuid: () => '',
};

/** An expression as a tree that can be both written and computed. */
type Tree =
  | { kind: 'literal'; value: Json }
  | { kind: 'path'; steps: Step[] }
  | { kind: 'default'; value: Tree; otherwise: Tree };

/** A field by its name, by its name in brackets, or by a name that has to be computed. */
type Step = { form: 'dot' | 'bracket'; field: string } | { form: 'computed'; key: Tree };

const field = fc.constantFrom('a', 'b', 'c', 'd');
const data = fc.object({ key: field, maxDepth: 4, values: [fc.constantFrom(1, 'a', 'b', null)] });
const { tree } = fc.letrec<{ tree: Tree; step: Step }>((tie) => ({
  step: fc.oneof(
    fc.record({ field, form: fc.constantFrom('dot' as const, 'bracket' as const) }),
    fc.record({ form: fc.constant('computed' as const), key: tie('tree') }),
  ),
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.record({
      kind: fc.constant('literal' as const),
      value: fc.constantFrom<Json>('a', 'b', null),
    }),
    fc.record({
      kind: fc.constant('path' as const),
      steps: fc.array(tie('step'), { maxLength: 4 }),
    }),
    fc.record({
      kind: fc.constant('default' as const),
      value: tie('tree'),
      otherwise: tie('tree'),
    }),
  ),
}));

function write(node: Tree): string {
  if (node.kind === 'literal') return JSON.stringify(node.value);
  if (node.kind === 'default') return `default(${write(node.value)}, ${write(node.otherwise)})`;
  return `root${node.steps.map(writeStep).join('')}`;
}

function writeStep(step: Step): string {
  if (step.form === 'computed') return `[${write(step.key)}]`;
  return step.form === 'dot' ? `.${step.field}` : `['${step.field}']`;
}

/** What the language says that the tree is; undefined when it fails. */
function compute(node: Tree, root: Json): Json | undefined {
  if (node.kind === 'literal') return node.value;
  if (node.kind === 'default') {
    const value = compute(node.value, root);
    // What fails counts as missing in a path, and is a failure elsewhere.
    if (value === undefined && node.value.kind !== 'path') return undefined;
    return value ?? compute(node.otherwise, root);
  }
  let value: Json | undefined = root;
  for (const step of node.steps) {
    const key: Json | undefined = step.form === 'computed' ? compute(step.key, root) : step.field;
    value = elementOf(value, key);
  }
  return value;
}

function elementOf(value: Json | undefined, key: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined;
  if (typeof key !== 'string' || value === undefined || !isJsonObject(value)) return undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

describe('default', () => {
  it('is what the language says it is', () => {
    fc.assert(
      fc.property(tree, data, (node, value) => {
        const root = value as JsonObject;
        const expected = compute(node, root);
        const evaluate = () => compileExpression(write(node)).evaluate({ root }, host);
        if (expected === undefined) expect(evaluate).toThrow();
        else expect(evaluate()).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a call without parentheses', () => {
  const isFunction = (name: string) => name === 'upper' || name === 'secret';

  it.each([
    ["secret 'A'", "secret('A')"],
    ['upper page.title', 'upper(page.title)'],
    ['  upper   .x  ', '  upper(  .x)'],
    ["upper '''it's'''", "upper('''it's''')"],
  ])('%s is %s', (source, expected) => {
    expect(addParentheses(source, isFunction)).toBe(expected);
  });

  it.each([
    "upper 'a' + 'b'",
    'upper (a)',
    'upper a b',
    'lower a',
    'upper in',
    "upper 'a",
    'upper',
  ])('%s is left to the parser', (source) => {
    expect(addParentheses(source, isFunction)).toBe(source);
  });
});
