import {
  type CelValue,
  celList,
  celMap,
  celUint,
  isCelError,
  isCelList,
  isCelMap,
  isCelType,
  isCelUint,
  parse,
} from '@bufbuild/cel';
import type { Value } from '@bufbuild/cel-spec/cel/expr/value_pb.js';
import { getTestRegistry } from '@bufbuild/cel-spec/testdata/registry.js';
import {
  getConformanceSuite,
  type IncrementalTest,
  type IncrementalTestSuite,
} from '@bufbuild/cel-spec/testdata/tests.js';
import { equals, type Registry } from '@bufbuild/protobuf';
import { isReflectMessage } from '@bufbuild/protobuf/reflect';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import { checkBrackets } from '../../../kernel/expressions/brackets.ts';
import { type Activation, planExpression } from '../../../kernel/expressions/environment.ts';
import { rewriteTree } from '../../../kernel/expressions/rewrite.ts';
import type { Host } from '../../../kernel/expressions/scope.ts';

/** A case of CEL's conformance data. */
export interface ConformanceCase {
  /** The names of its suites and its own: `basic/self_eval_zeroish/self_eval_int_zero`. */
  path: string;
  test: IncrementalTest;
}

const registry: Registry = getTestRegistry();
const NO_HOST: Host = {
  env: () => undefined,
  secret: () => undefined,
  now: () => new Date(0),
  uuid: () => '',
};

/** Every case of the conformance data, in its order; a path that occurs again is numbered. */
export function conformanceCases(): ConformanceCase[] {
  const seen = new Map<string, number>();
  return getConformanceSuite()
    .suites.flatMap((suite) => casesOf(suite, []))
    .map(({ path, test }) => {
      const count = (seen.get(path) ?? 0) + 1;
      seen.set(path, count);
      return { path: count === 1 ? path : `${path}#${count}`, test };
    });
}

function casesOf(suite: IncrementalTestSuite, above: string[]): ConformanceCase[] {
  const path = [...above, suite.name];
  const own = suite.tests.map((test) => ({ path: [...path, test.name].join('/'), test }));
  return [...own, ...suite.suites.flatMap((below) => casesOf(below, path))];
}

/** What went wrong with a case, or undefined when ORK does what CEL's specification says. */
export function deviationOf({ test }: ConformanceCase): string | undefined {
  const { original } = test;
  const { resultMatcher: expected } = original;
  if (original.checkOnly) return 'nothing is checked before it is evaluated';
  const actual = evaluate(test);
  if (expected.case === 'evalError' || expected.case === 'anyEvalErrors') {
    return 'error' in actual ? undefined : `yields ${show(actual.value)} instead of an error`;
  }
  if ('error' in actual) return actual.error;
  const matches = matcherOf(expected);
  if (matches(actual.value)) return undefined;
  return `yields ${show(actual.value)}`;
}

type Matcher = IncrementalTest['original']['resultMatcher'];

/** A case without an expectation expects true. */
function matcherOf(expected: Matcher): (actual: CelValue) => boolean {
  if (expected.case === 'value') return (actual) => isSame(actual, expected.value);
  if (expected.case === undefined) return (actual) => actual === true;
  if (expected.case === 'typedResult') {
    const { result } = expected.value;
    return (actual) => result !== undefined && isSame(actual, result);
  }
  return () => false;
}

function evaluate({ original }: IncrementalTest): { value: CelValue } | { error: string } {
  try {
    checkBrackets(original.expr);
    const root = rewriteTree(parse(original.expr).expr, original.expr);
    const activation: Activation = Object.create(null);
    for (const [name, { kind }] of Object.entries(original.bindings)) {
      if (kind.case === 'value') activation[name] = toCel(kind.value);
    }
    const result = planExpression(root)(activation, NO_HOST);
    return isCelError(result) ? { error: result.message } : { value: result };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function toCel({ kind }: Value): CelValue {
  switch (kind.case) {
    case 'uint64Value':
      return celUint(kind.value);
    case 'listValue':
      return celList(kind.value.values.map(toCel));
    case 'mapValue':
      return celMap(
        new Map(
          kind.value.entries.map(({ key, value }) => [
            toCel(key as Value) as string,
            toCel(value as Value),
          ]),
        ),
      );
    case 'objectValue':
      return anyUnpack(kind.value, registry) as unknown as CelValue;
    case 'nullValue':
      return null;
    default:
      return kind.value as CelValue;
  }
}

/** Equal in type as well as in value. */
function isSame(actual: CelValue, { kind }: Value): boolean {
  switch (kind.case) {
    case 'nullValue':
      return actual === null;
    case 'doubleValue':
      return Object.is(actual, kind.value) || actual === kind.value;
    case 'uint64Value':
      return isCelUint(actual) && actual.value === kind.value;
    case 'bytesValue':
      return actual instanceof Uint8Array && Buffer.compare(actual, kind.value) === 0;
    case 'typeValue':
      return isCelType(actual) && actual.name === kind.value;
    case 'listValue':
      return isSameList(actual, kind.value.values);
    case 'mapValue':
      return isSameMap(actual, kind.value.entries);
    case 'objectValue':
      return isSameMessage(actual, kind.value);
    case 'enumValue':
      return actual === BigInt(kind.value.value);
    default:
      return actual === kind.value;
  }
}

function isSameList(actual: CelValue, expected: Value[]): boolean {
  if (!isCelList(actual) || actual.size !== expected.length) return false;
  return Array.from(actual).every((value, index) => isSame(value, expected[index] as Value));
}

function isSameMap(
  actual: CelValue,
  expected: { key?: Value | undefined; value?: Value | undefined }[],
): boolean {
  if (!isCelMap(actual) || actual.size !== expected.length) return false;
  const entries = [...actual.entries()];
  return expected.every(({ key, value }) =>
    entries.some(
      ([actualKey, actualValue]) =>
        isSame(actualKey as CelValue, key as Value) &&
        isSame(actualValue as CelValue, value as Value),
    ),
  );
}

function isSameMessage(actual: CelValue, any: Parameters<typeof anyUnpack>[0]): boolean {
  const expected = anyUnpack(any, registry);
  if (expected === undefined || !isReflectMessage(actual)) return false;
  if (actual.desc.typeName !== expected.$typeName) return false;
  return equals(actual.desc, actual.message, expected);
}

function show(value: CelValue): string {
  return JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? `${part}n` : part));
}
