/** More cases than usual, for `npm run test:long`. */
const ASKED = Number(process.env['FC_RUNS'] ?? 0);

/** How many cases a property is tried with: `usual` of them, or what the variable FC_RUNS says. */
export function propertyRuns(usual: number): { numRuns: number } {
  return { numRuns: ASKED > 0 ? ASKED : usual };
}

/** Milliseconds that a test of properties may take. */
export const PROPERTY_TIMEOUT_MS = ASKED > 0 ? 3_600_000 : 60_000;

/** True in `npm run test:long`. */
export const LONG_RUN = ASKED > 0;
