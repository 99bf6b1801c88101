import { describe, expect, it } from 'vitest';
import { manifest } from '../../test/fixtures/playbooks/catalog.ts';
import type { Json } from '../types/json.ts';
import { checkParams, paramsError } from './params.ts';

const module = manifest('demo', {
  params: {
    type: 'object',
    properties: {
      command: { type: 'array', items: { type: 'string' }, minItems: 1 },
      lines: { type: 'integer', minimum: 1, default: 10 },
      mode: { enum: ['fast', 'safe'] },
      size: { type: ['string', 'number'] },
      steps: {
        type: 'array',
        items: {
          oneOf: [
            {
              type: 'object',
              properties: { op: { const: 'count' }, as: { type: 'string' } },
              required: ['op', 'as'],
              additionalProperties: false,
            },
            {
              type: 'object',
              properties: { op: { const: 'sum' }, field: { type: 'string' } },
              required: ['op', 'field'],
              additionalProperties: false,
            },
          ],
        },
      },
    },
    required: ['command'],
    additionalProperties: false,
  },
});

function messages(params: Json): string[] {
  return (checkParams(module, params).problems ?? []).map(({ message, hint }) =>
    hint === undefined ? message : `${message} (${hint})`,
  );
}

describe('checkParams', () => {
  it('fills in defaults', () => {
    expect(checkParams(module, { command: ['ls'] }).params).toEqual({ command: ['ls'], lines: 10 });
  });

  it.each<[string, Json, string]>([
    ['a missing param', {}, 'params.command is required'],
    [
      'a wrong type',
      { command: ['ls'], lines: 'ten' },
      'params.lines: expected number, got string',
    ],
    ['a wrong type in a list', { command: [1] }, 'params.command[0]: expected string, got number'],
    ['a number out of range', { command: ['ls'], lines: 0 }, 'params.lines must be at least 1'],
    ['a list that is too short', { command: [] }, 'params.command must have at least 1 items'],
    [
      'an unknown param',
      { command: ['ls'], line: 1 },
      "unknown param 'line' (did you mean 'lines'?)",
    ],
    [
      'a value outside a choice',
      { command: ['ls'], mode: 'quick' },
      'params.mode must be one of fast, safe',
    ],
    [
      'a type of several',
      { command: ['ls'], size: true },
      'params.size: expected string or number, got boolean',
    ],
    [
      'the alternative that was meant',
      { command: ['ls'], steps: [{ op: 'sum' }] },
      'params.steps[0].field is required',
    ],
    ['no map at all', 'ls', 'params: expected map, got string'],
  ])('explains %s', (_, params, expected) => {
    expect(messages(params)).toEqual([expected]);
  });

  it('explains all mistakes at once', () => {
    expect(messages({ lines: 'x', mode: 1 })).toHaveLength(3);
  });

  it('refuses a manifest whose schema cannot be used', () => {
    const broken = manifest('broken', { params: { type: 'nonsense' } });
    expect(() => checkParams(broken, {})).toThrow(
      expect.objectContaining({ code: 'failed-precondition', reason: 'manifest.params' }),
    );
  });
});

it('paramsError holds all messages', () => {
  const { problems = [] } = checkParams(module, { lines: 'x' });
  expect(paramsError(module, problems)).toMatchObject({
    code: 'invalid-argument',
    reason: 'params.invalid',
    message: 'demo: params.command is required; params.lines: expected number, got string',
  });
});
