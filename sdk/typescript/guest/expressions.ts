import type { Json, JsonObject } from '../../../kernel/types/json.ts';
import { hostCall, OrkError } from '../errors.ts';
import type {
  ExpressionsHost,
  InputHandle,
  ProgramHandle,
  PumpErrors,
  PumpMode,
  PumpStats,
} from '../host.ts';
import type { Input, Output } from './streams.ts';
import { wellFormed } from './well-formed.ts';

/** CEL, evaluated by the host over whole batches. */
export interface Expressions {
  /**
   * `variable` (default `record`) names the record inside the expression; `bind` holds constants,
   * seen as `bind.NAME`.
   */
  compile(source: string, options?: { variable?: string; bind?: JsonObject }): Program;
}

export interface PumpOptions {
  mode: PumpMode;
  /** Default `stop`. */
  errors?: PumpErrors;
  /** Where `reject` sends the records whose expression failed. */
  rejected?: Output;
}

/** What became of one record: the result as JSON text, or why there is none. */
export type Evaluation = { result: string } | { error: OrkError };

/** A compiled expression. */
export interface Program {
  /** One result per record; fails when one of them does. */
  evaluate(records: readonly Json[]): Json[];
  /** One outcome per record, from and to JSON text. */
  evaluateEach(records: string[]): Evaluation[];
  /** Reads `from` to its end; a single input never enters the guest. */
  pump(from: Input, to: Output, options: PumpOptions): PumpStats;
}

export function createExpressions(host: ExpressionsHost): Expressions {
  return {
    compile(source, { variable = 'record', bind = {} } = {}) {
      const program = hostCall(() =>
        host.Program.compile(wellFormed(source), wellFormed(variable), JSON.stringify(bind)),
      );
      const evaluate = (records: string[]) => hostCall(() => program.evaluate(records));
      return {
        evaluate: (records) =>
          evaluate(records.map((record) => JSON.stringify(record))).map(
            (result) => JSON.parse(result) as Json,
          ),
        evaluateEach: (records) => evaluateEach(evaluate, records),
        pump: (from, to, options) => pump(program, from, to, options),
      };
    },
  };
}

/** The whole batch at once, and one by one only when something in it fails. */
function evaluateEach(evaluate: (records: string[]) => string[], records: string[]): Evaluation[] {
  try {
    return evaluate(records).map((result) => ({ result }));
  } catch (thrown) {
    if (!(thrown instanceof OrkError)) throw thrown;
    const [only] = records;
    if (records.length === 1 && only !== undefined) return [{ error: thrown }];
    return records.flatMap((record) => evaluateEach(evaluate, [record]));
  }
}

function pump(program: ProgramHandle, from: Input, to: Output, options: PumpOptions): PumpStats {
  to.flush();
  const [only, ...others] = from.handles;
  if (only !== undefined && others.length === 0) return pumpOne(program, only, to, options);
  // The host pumps one input to its end; several must advance together, or fan-in would deadlock.
  return pumpMerged(program, from, to, options);
}

function pumpOne(
  program: ProgramHandle,
  input: InputHandle,
  to: Output,
  { mode, errors = 'stop', rejected }: PumpOptions,
): PumpStats {
  const stats = hostCall(() => program.pump(input, to.handle, mode, errors, rejected?.handle));
  return {
    read: Number(stats.read),
    written: Number(stats.written),
    dropped: Number(stats.dropped),
    failed: Number(stats.failed),
  };
}

function pumpMerged(
  program: ProgramHandle,
  from: Input,
  to: Output,
  { mode, errors = 'stop', rejected }: PumpOptions,
): PumpStats {
  const stats: PumpStats = { read: 0, written: 0, dropped: 0, failed: 0 };
  const evaluate = (records: string[]) => hostCall(() => program.evaluate(records));
  for (const records of from.raw()) {
    const kept: string[] = [];
    const failed: JsonObject[] = [];
    evaluateEach(evaluate, records).forEach((evaluation, index) => {
      const record = records[index] ?? '';
      const outcome = mode === 'filter' ? decide(evaluation, record) : evaluation;
      if ('result' in outcome) kept.push(outcome.result);
      else if (outcome.error === undefined) stats.dropped += 1;
      else if (errors === 'stop') throw outcome.error;
      else failed.push(outcome.error.toRejection(JSON.parse(record) as JsonObject));
    });
    to.writeRaw(kept);
    if (errors === 'reject') rejected?.write(failed);
    stats.read += records.length;
    stats.written += kept.length;
    stats.failed += failed.length;
  }
  return stats;
}

/** A filter lets the record itself through, in its original bytes. */
function decide(
  evaluation: Evaluation,
  record: string,
): { result: string } | { error: OrkError | undefined } {
  if ('error' in evaluation) return evaluation;
  if (evaluation.result === 'true') return { result: record };
  if (evaluation.result === 'false') return { error: undefined };
  const message = `The condition yields ${evaluation.result}, not true or false.`;
  return {
    error: new OrkError('invalid-argument', message, { reason: 'expression.not-boolean' }),
  };
}
