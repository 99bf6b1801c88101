/**
 * What may be called in an expression, in the order in which suggestions look for names, with the numbers of
 * arguments that each takes. It stands here so that checking an expression does not take the functions themselves,
 * which load most of CEL; a test holds it against them. The parser takes apart what has no numbers.
 */
type Table = ReadonlyMap<string, readonly number[] | undefined>;

const FUNCTIONS: Table = new Map([
  ...taking([1], 'int uint double bool bytes string timestamp duration type dyn size'),
  ...taking([2], 'matches'),
  ...taking([1], 'env secret'),
  ...taking([0], 'now uuid'),
  ...taking([1], 'to_json from_json base64_encode base64_decode sha256'),
  ...taking([1, 2, 3], 'format_time'),
  ...taking([1], 'lower upper trim'),
  ...taking([2], 'split join'),
  ...taking([3], 'replace'),
  ...taking(undefined, 'has default'),
]);

const METHODS: Table = new Map([
  ...taking([0, 1], 'getSeconds getMinutes getHours getMilliseconds getFullYear getMonth'),
  ...taking([0, 1], 'getDate getDayOfMonth getDayOfWeek getDayOfYear'),
  ...taking([0], 'size'),
  ...taking([1], 'contains endsWith startsWith matches'),
  ...taking([0], 'lower upper trim'),
  ...taking([1], 'split join'),
  ...taking([2], 'replace'),
  ...taking(undefined, 'all exists exists_one existsOne map filter'),
]);

/** What may be called as `name(…)`. */
export const FUNCTION_NAMES: ReadonlySet<string> = new Set(FUNCTIONS.keys());

/** What may be called as `value.name(…)`. */
export const METHOD_NAMES: ReadonlySet<string> = new Set(METHODS.keys());

/** How many arguments a function or method takes, in ascending order; nothing is known of what the parser takes apart. */
export function argumentCountsOf(name: string, method: boolean): readonly number[] | undefined {
  return (method ? METHODS : FUNCTIONS).get(name);
}

function taking(counts: number[] | undefined, names: string): [string, number[] | undefined][] {
  return names.split(' ').map((name) => [name, counts]);
}
