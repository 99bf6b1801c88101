import { z } from 'zod';
import {
  type BaseContext,
  isWriteFailure,
  type JsonObject,
  OrkError,
} from '../../sdk/typescript/index.ts';

/** What happens to a record that cannot be worked on. */
export const onError = z
  .enum(['fail', 'skip', 'dead_letter'])
  .default('fail')
  .describe('A bad record ends the workload, is left out, or goes to the port dead_letter.');

export type OnError = 'fail' | 'skip' | 'dead_letter';

/** The same in the words of the contract's `pump`. */
export const PUMP_ERRORS = { fail: 'stop', skip: 'skip', dead_letter: 'reject' } as const;

export const DEAD_LETTER = 'dead_letter';

/** These say that the workload ends, not that the record is bad. */
const NOT_THE_RECORDS_FAULT = new Set(['canceled', 'closed', 'timeout', 'internal']);

/** Applies `on_error` to one record; returns when the stream is to go on. */
export function handleBadRecord(
  ctx: BaseContext<{ on_error: OnError }>,
  record: JsonObject,
  error: unknown,
): void {
  const { on_error } = ctx.params;
  if (on_error === 'fail' || !(error instanceof OrkError)) throw error;
  if (NOT_THE_RECORDS_FAULT.has(error.code) || isWriteFailure(error)) throw error;
  if (on_error === 'dead_letter') ctx.port(DEAD_LETTER).push(error.toRejection(record));
}
