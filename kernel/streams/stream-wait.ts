/** What a call waits for without a bound of its own: records on one of its inputs, or room behind an output. */
export type StreamWait =
  | { kind: 'read'; inputs: readonly number[] }
  | { kind: 'write'; output: number };
