/** The kit for writing ORK modules in TypeScript. */
export { isJsonObject, type Json, type JsonObject } from '../../kernel/types/json.ts';
export { byteSize, parseByteSize } from './byte-size.ts';
export { concatenate } from './bytes.ts';
export type { BaseContext, Context, Log } from './context.ts';
export {
  defineFamily,
  defineModule,
  type Family,
  type Module,
  type ModuleDefinition,
} from './define.ts';
export { duration, parseDuration } from './duration.ts';
export { OrkError, type OrkErrorOptions, pause } from './errors.ts';
export type { Evaluation, Expressions, Program, PumpOptions } from './guest/expressions.ts';
export type { Files, OpenFile } from './guest/files.ts';
export type { Child, Command, Processes, RunResult } from './guest/process.ts';
export type { State } from './guest/state.ts';
export { type Input, isWriteFailure, type Output } from './guest/streams.ts';
export type { Block, DirectoryEntry, FileKind, Metadata, PumpStats } from './host.ts';
export { LineSplitter } from './line-splitter.ts';
