/** One stage of a case from standard input to standard output: `node plain-stage.ts CASE INDEX`. */
import { pipeline } from 'node:stream/promises';
import { caseNamed } from './cases.ts';
import { lineStage } from './line-stage.ts';
import { readArguments } from './outcome.ts';

const { name, count: index } = readArguments();
const change = caseNamed(name).stages[index]?.plain;
if (change === undefined) await pipeline(process.stdin, process.stdout);
else await pipeline(process.stdin, lineStage(change), process.stdout);
