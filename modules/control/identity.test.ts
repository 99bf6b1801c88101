import { expect, it } from 'vitest';
import { serve } from '../../sdk/typescript/guest/serve.ts';
import {
  invocation,
  MemoryHost,
  MemoryInput,
  MemoryOutput,
} from '../../sdk/typescript/memory-host.ts';
import family from './index.ts';

it('returns its params and passes its streams through', () => {
  const run = serve(family, new MemoryHost());
  const main = new MemoryOutput('main');
  const inputs = [
    new MemoryInput('a', [[{ n: 1 }], [{ n: 2 }]]),
    new MemoryInput('b', [[{ n: 3 }]]),
  ];
  const summary = run(invocation('control:identity', { a: [1] }), inputs, [main]);
  expect(JSON.parse(summary)).toEqual({ a: [1] });
  expect(main.records.map(({ n }) => n).sort()).toEqual([1, 2, 3]);
});
