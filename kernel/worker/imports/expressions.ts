import { asOrkError, OrkError } from '../../types/errors.ts';
import type { Json, JsonObject } from '../../types/json.ts';
import { guarded, guardedSync } from './guarded.ts';
import { type Input, linesOf, type Output } from './streams.ts';

const PUMP_RECORDS = 1024;
const PUMP_BYTES = 1024 * 1024;

type Mode = 'transform' | 'filter';
type OnError = 'stop' | 'skip' | 'reject';

interface CompiledProgram {
  evaluate(record: Json): Json;
}

export type CompileProgram = (
  source: string,
  variable: string,
  bind: JsonObject,
) => CompiledProgram;

let compileProgram: CompileProgram | undefined;

/**
 * Loads CEL, which takes longer than all the rest of a worker: only for modules that declare
 * expressions, whatever else of their family does.
 */
export async function loadExpressions(): Promise<void> {
  ({ compileProgram } = await import('../../expressions/program.ts'));
}

function notDeclared(): OrkError {
  return new OrkError('denied', "this module does not declare 'expressions'", {
    reason: 'capability.not-granted',
  });
}

interface PumpStats {
  read: bigint;
  written: bigint;
  dropped: bigint;
  failed: bigint;
}

/** What becomes of one record in a pump. */
type Outcome =
  | { kind: 'write'; line: string }
  | { kind: 'drop' }
  | { kind: 'fail'; error: OrkError };

/** `ork:module/expressions`: CEL, evaluated beside the guest over whole batches. */
export function expressionsImports(): object {
  class Program {
    readonly #program: CompiledProgram;

    constructor(program: CompiledProgram) {
      this.#program = program;
    }

    static compile(source: string, variable: string, bind: string): Program {
      return guardedSync('compiling', () => {
        if (compileProgram === undefined) throw notDeclared();
        const constants = JSON.parse(bind) as JsonObject;
        return new Program(compileProgram(source, variable, constants));
      });
    }

    evaluate(records: string[]): string[] {
      return guardedSync('evaluating', () =>
        records.map((record) => JSON.stringify(this.#program.evaluate(JSON.parse(record)))),
      );
    }

    pump(
      from: Input,
      to: Output,
      mode: Mode,
      errors: OnError,
      rejected?: Output,
    ): Promise<PumpStats> {
      return guarded('pump', () => pump(this.#program, { from, to, mode, errors, rejected }));
    }
  }
  return { Program };
}

interface Route {
  from: Input;
  to: Output;
  mode: Mode;
  errors: OnError;
  rejected: Output | undefined;
}

async function pump(program: CompiledProgram, route: Route): Promise<PumpStats> {
  const counts = { read: 0, written: 0, dropped: 0, failed: 0 };
  for (let ended = false; !ended; ) {
    const block = await route.from.fetch(PUMP_RECORDS, PUMP_BYTES, undefined);
    ended = block.ended;
    const lines = linesOf(block.bytes);
    const written: string[] = [];
    const failed: string[] = [];
    for (const line of lines) {
      const outcome = evaluateLine(program, line, route.mode);
      if (outcome.kind === 'write') written.push(outcome.line);
      else if (outcome.kind === 'drop') counts.dropped++;
      else failed.push(rejection(outcome.error, line, route.errors));
    }
    await route.to.sendRecords(written);
    if (route.errors === 'reject') await route.rejected?.sendRecords(failed);
    counts.read += lines.length;
    counts.written += written.length;
    counts.failed += failed.length;
  }
  return {
    read: BigInt(counts.read),
    written: BigInt(counts.written),
    dropped: BigInt(counts.dropped),
    failed: BigInt(counts.failed),
  };
}

function evaluateLine(program: CompiledProgram, line: string, mode: Mode): Outcome {
  try {
    const result = program.evaluate(JSON.parse(line));
    if (mode === 'transform') return { kind: 'write', line: JSON.stringify(result) };
    if (typeof result !== 'boolean') throw notBoolean();
    return result ? { kind: 'write', line } : { kind: 'drop' };
  } catch (error) {
    return { kind: 'fail', error: asOrkError(error) };
  }
}

/** The line for the rejected port; ends the pump when it is to stop at the first failure. */
function rejection(error: OrkError, line: string, errors: OnError): string {
  if (errors === 'stop') throw error;
  return JSON.stringify({ error: error.toDetails(), record: JSON.parse(line) });
}

function notBoolean(): OrkError {
  return new OrkError('invalid-argument', 'a filter expression must yield true or false', {
    reason: 'expression.not-boolean',
  });
}
