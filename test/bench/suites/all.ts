import type { Suite } from '../measure.ts';
import { build } from './build.ts';
import { calls } from './calls.ts';
import { exec } from './exec.ts';
import { hello } from './hello.ts';
import { many } from './many.ts';
import { memory } from './memory.ts';
import { records } from './records.ts';
import { sandbox } from './sandbox.ts';
import { validate } from './validate.ts';

export const SUITES: Suite[] = [
  hello,
  validate,
  exec,
  many,
  records,
  calls,
  sandbox,
  memory,
  build,
];
