import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from './cel.ts';
import { plainPath } from './plain-path.ts';
import { CEL_WORDS } from './reserved-words.ts';

describe('plainPath', () => {
  it.each(['a', '.a', ' .a.b_1.C ', '_ork.workloads.x.summary', '\n a.b\t', 'size', 'string.x'])(
    'reads %j as the parser does',
    (source) => {
      expect([plainPath(source)]).toEqual(compileExpression(source).analysis.references);
    },
  );

  it.each(['', '.', 'a.', '1', 'a b', 'a . b', 'a[0]', 'a.b()', '-a', '"a"', 'a.1', '..a', 'é'])(
    'leaves %j to the parser',
    (source) => {
      expect(plainPath(source)).toBeUndefined();
    },
  );

  it.each([...CEL_WORDS])('leaves the word %s to the parser', (word) => {
    expect(plainPath(word)).toBeUndefined();
    expect(plainPath(`a.${word}`)).toBeUndefined();
  });

  it('never says anything else than the parser', () => {
    const part = fc.constantFrom(
      'a',
      'now',
      'loop',
      'size',
      '_x',
      'B2',
      'default',
      'secret',
      'type',
    );
    const source = fc
      .tuple(fc.constantFrom('', ' ', '.', ' .', '\n'), fc.array(part, { minLength: 1 }))
      .map(([before, parts]) => `${before}${parts.join('.')} `);
    fc.assert(
      fc.property(source, (text) => {
        const found = plainPath(text);
        if (found === undefined) return;
        const { references, calls } = compileExpression(text).analysis;
        expect({ references, calls }).toEqual({ references: [found], calls: [] });
      }),
    );
  });
});
