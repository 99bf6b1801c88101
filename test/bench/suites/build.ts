import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { timeCommand } from '../command.ts';
import { CHECKOUT } from '../installation.ts';
import { type Bench, makeRow, type Row, type Suite } from '../measure.ts';
import { summarize } from '../sampling.ts';

/** The standard library, built into an empty folder and then once more with nothing to do. */
export const build: Suite = {
  name: 'build',
  async measure({ folder, sizes }: Bench): Promise<Row[]> {
    if (sizes.builds === 0) return [];
    const full: number[] = [];
    const again: number[] = [];
    for (let round = 0; round < sizes.builds; round++) {
      const output = await mkdtemp(path.join(folder, 'library-'));
      full.push(await secondsToBuild(output));
      again.push(await secondsToBuild(output));
    }
    return [
      makeRow(
        {
          id: 'build-full',
          what: 'full build of the standard library',
          unit: 's',
          aim: { of: 'median', most: 90 },
        },
        summarize('ork', full),
      ),
      makeRow(
        {
          id: 'build-again',
          what: 'rebuild with nothing to do',
          unit: 's',
          aim: { of: 'median', most: 2 },
        },
        summarize('ork', again),
      ),
    ];
  },
};

async function secondsToBuild(output: string): Promise<number> {
  const script = path.join(CHECKOUT, 'kernel/components/build/main.ts');
  return (await timeCommand([process.execPath, script, '--output', output])) / 1000;
}
