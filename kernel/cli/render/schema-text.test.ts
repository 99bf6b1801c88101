import { expect, it } from 'vitest';
import * as z from 'zod';
import type { JsonObject } from '../../types/json.ts';
import { isOpen, propertiesOf, typeText } from './schema-text.ts';

const schemaOf = (type: z.ZodType): JsonObject =>
  z.toJSONSchema(type, { io: 'input' }) as unknown as JsonObject;

it.each([
  ['text', z.string().min(1)],
  ['boolean', z.boolean()],
  ['number', z.number()],
  ['whole number', z.int()],
  ['whole number from 1', z.int().min(1)],
  ['whole number from 0 to 255', z.int().min(0).max(255)],
  ['whole number up to 9', z.int().max(9)],
  ['fail | skip', z.enum(['fail', 'skip'])],
  ['"x"', z.literal('x')],
  ['list of text', z.array(z.string())],
  [
    'list of (text | {field, title})',
    z.array(z.union([z.string(), z.object({ field: z.string(), title: z.string() })])),
  ],
  ['list of any value', z.array(z.json())],
  [
    'map of (text | number | boolean)',
    z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  ],
  ['text | null', z.string().nullable()],
  ['any value', z.json()],
  ['any value', z.any()],
])('says %s', (expected, type) => {
  expect(typeText(schemaOf(type))).toBe(expected);
});

it('tells what is required, and what stands for what is left out', () => {
  const schema = schemaOf(
    z.object({
      a: z.string().describe('First.'),
      b: z.int().default(3),
      c: z.boolean().optional(),
    }),
  );
  expect(propertiesOf(schema)).toEqual([
    { name: 'a', type: 'text', required: true, fallback: undefined, description: 'First.' },
    { name: 'b', type: 'whole number', required: false, fallback: '3', description: '' },
    { name: 'c', type: 'boolean', required: false, fallback: undefined, description: '' },
  ]);
  expect(propertiesOf({ type: 'object' })).toEqual([]);
  expect([isOpen(schema), isOpen(schemaOf(z.looseObject({})))]).toEqual([false, true]);
});
