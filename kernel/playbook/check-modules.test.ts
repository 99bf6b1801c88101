import { describe, expect, it } from 'vitest';
import { errors, withParams } from '../../test/fixtures/playbooks/validating.ts';

describe('a module', () => {
  it('has to exist', async () => {
    expect(await errors(withParams('control:identiti', '{}'))).toEqual([
      "there is no module 'control:identiti' (did you mean 'control:identity'?)",
    ]);
  });

  it('is named without templates', async () => {
    expect(await errors(withParams('{{ v }}', '{}', 'vars: { v: exec }\n'))).toEqual([
      "there is no module '{{ v }}' (`ork modules list` shows all)",
    ]);
  });

  it('has no version', async () => {
    expect(await errors(withParams('exec@^1.2', '{}'))).toEqual([
      "there is no module 'exec@^1.2' (this version of ORK pins no versions of modules: write 'exec')",
    ]);
  });
});

describe('params are held against the schema of the manifest:', () => {
  it.each([
    ['what is required', 'test:assert', '{}', 'test:assert: params.that is required'],
    [
      'types',
      'test:assert',
      '{ that: yes }',
      'test:assert: params.that: expected boolean, got string',
    ],
    [
      'unknown names',
      'test:assert',
      '{ what: true }',
      "test:assert: unknown param 'what' (did you mean 'that'?)",
    ],
    ['bounds', 'exec', '{ timeout_ms: 0 }', 'exec: params.timeout_ms must be at least 1'],
    ['choices', 'exec', '{ stream: line }', 'exec: params.stream must be one of lines, none'],
    [
      'what is inside of lists',
      'exec',
      '{ command: [ls, 1] }',
      'exec: params.command[1]: expected string, got number',
    ],
  ])('%s', async (_, module, params, expected) => {
    expect(await errors(withParams(module, params))).toEqual([expected]);
  });

  const vars = 'vars: { v: 1 }\n';

  it('but not what a template will yield', async () => {
    expect(await errors(withParams('test:assert', "{ that: '{{ v == 1 }}' }", vars))).toEqual([]);
    expect(await errors(withParams('exec', "{ command: '{{ [v] }}' }", vars))).toEqual([]);
  });

  it('though names stand fast', async () => {
    expect(await errors(withParams('exec', "{ comand: ['{{ v }}'] }", vars))).toEqual([
      "exec: unknown param 'comand' (did you mean 'command'?)",
    ]);
  });

  it('and text tagged !raw is text', async () => {
    expect(await errors(withParams('test:assert', "{ that: !raw '{{ v }}' }", vars))).toEqual([
      'test:assert: params.that: expected boolean, got string',
    ]);
  });
});
