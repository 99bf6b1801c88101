/**
 * Stands for `zod` in a guest: the kernel checks params against the manifest before the call, and
 * the library would cost every instance milliseconds and megabytes. Building schemas does nothing.
 */
export const CALLS_THAT_CHECK = new Set([
  'parse',
  'safeParse',
  'parseAsync',
  'safeParseAsync',
  'encode',
  'decode',
]);

const schema: unknown = new Proxy(() => schema, {
  get: (_target, key) => {
    if (typeof key === 'symbol') return undefined;
    return CALLS_THAT_CHECK.has(key) ? refuse : schema;
  },
  apply: () => schema,
  construct: () => schema as object,
});

function refuse(): never {
  throw new Error(
    'Schemas do not check anything inside a module: params are checked before the call. ' +
      'Compare values in plain code, and throw an OrkError.',
  );
}

export { schema as z };
