import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  type JsonSchema,
  UnsupportedSchemaError,
} from '../../../simulators/mavera/schemaSample/jsonSchema.ts';
import { schemaSample } from '../../../simulators/mavera/schemaSample/schemaSample.ts';

/** Throws when the sample of the schema does not conform to it. */
function check(schema: JsonSchema): unknown {
  return z.fromJSONSchema(schema).parse(schemaSample(schema));
}

const node = {
  type: 'object',
  properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
  required: ['name', 'children'],
};

describe('a value for a JSON schema', () => {
  it.each([
    ['text, by the name of its property', { type: 'string' }, 'Simulated value'],
    ['text of at least so many characters', { type: 'string', minLength: 18 }, 'Simulated value...'],
    ['text of at most so many characters', { type: 'string', maxLength: 4 }, 'Simu'],
    ['a date and time', { type: 'string', format: 'date-time' }, '2026-01-01T09:00:00.000Z'],
    ['an address', { type: 'string', format: 'email' }, 'customer1@example.com'],
    ['a number', { type: 'number' }, 1],
    ['a number from', { type: 'number', minimum: 10 }, 11],
    ['a number to', { type: 'number', maximum: -10 }, -11],
    ['a number between', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, 0.5],
    ['the only number', { type: 'number', minimum: 7, maximum: 7 }, 7],
    ['an integer', { type: 'integer', minimum: -(2 ** 53) + 1, maximum: 2 ** 53 - 1 }, 1],
    ['an integer within', { type: 'integer', minimum: 0, maximum: 0 }, 0],
    ['an integer above', { type: 'integer', exclusiveMinimum: 4 }, 5],
    ['an integer below', { type: 'integer', exclusiveMaximum: 0 }, -1],
    ['a multiple', { type: 'integer', minimum: 11, multipleOf: 5 }, 15],
    ['a boolean', { type: 'boolean' }, true],
    ['null', { type: 'null' }, null],
    ['a constant', { const: 'fixed' }, 'fixed'],
    ['the first of a choice', { type: 'string', enum: ['low', 'high'] }, 'low'],
    ['the first branch of anyOf', { anyOf: [{ type: 'integer' }, { type: 'null' }] }, 1],
    ['the first branch of oneOf', { oneOf: [{ const: 'a' }, { const: 'b' }] }, 'a'],
    ['the first type but null', { type: ['null', 'integer'] }, 1],
    ['two items', { type: 'array', items: { type: 'integer' } }, [1, 2]],
    ['as few items as it may', { type: 'array', items: { type: 'integer' }, maxItems: 1 }, [1]],
    [
      'as many items as it must',
      { type: 'array', items: { enum: ['a', 'b'] }, minItems: 3 },
      ['a', 'b', 'a'],
    ],
    ['a tuple', { type: 'array', prefixItems: [{ const: 'x' }, { type: 'boolean' }] }, ['x', false]],
    ['an array without a type', { items: { type: 'null' } }, [null, null]],
    ['a number without a type', { maximum: 0 }, -1],
    ['anything', {}, 'Simulated value'],
    ['every property', { properties: { a: true, b: { type: 'null' } } }, { a: 'Simulated a', b: null }],
    [
      'a required property that is not declared',
      { required: ['toString'] },
      { toString: 'Simulated toString' },
    ],
    ['a record', { type: 'object', additionalProperties: { type: 'integer' } }, {}],
  ] as const)('is %s', (_what, schema, value) => {
    expect(check(schema)).toEqual(value);
    expect(schemaSample(schema)).toEqual(value);
  });

  it('follows references, escaped ones too', () => {
    const schema = {
      type: 'object',
      properties: { to: { $ref: '#/$defs/a~1b' }, from: { $ref: '#/definitions/c' } },
      $defs: { 'a/b': { const: 'slash' } },
      definitions: { c: { const: 'old' } },
    };
    expect(schemaSample(schema)).toEqual({ to: 'slash', from: 'old' });
  });

  it('is finite for a recursive schema', () => {
    expect(check({ $ref: '#/$defs/node', $defs: { node } })).toMatchObject({
      name: 'Simulated name',
      children: [{ children: [] }, { children: [] }],
    });
    const chain = {
      type: 'object',
      properties: { next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
      required: ['next'],
    };
    expect(check(chain)).toEqual({ next: { next: null } });
  });

  it('is valid for a trigger’s zod schema', () => {
    const output = z.object({
      sentiment: z.enum(['positive', 'negative']),
      score: z.number().min(0).max(10),
      count: z.int().positive().multipleOf(3),
      reasons: z.array(z.string().min(40).max(60)).min(3),
      next: z.union([z.object({ kind: z.literal('call'), at: z.iso.datetime() }), z.null()]),
      email: z.email().optional(),
      link: z.url().nullable(),
      id: z.uuid(),
      pair: z.tuple([z.string(), z.number()]),
      labels: z.record(z.enum(['a', 'b']), z.boolean()),
      churn: z.discriminatedUnion('will', [z.object({ will: z.literal(true), why: z.string() })]),
    });
    const schema = z.toJSONSchema(output, { io: 'input' });
    expect(() => output.parse(schemaSample(schema))).not.toThrow();
  });

  it('conforms for any bounds', () => {
    const bounds = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat(20), fc.integer({ min: 1, max: 5 }));
    const leaf = bounds.chain(([low, span, step]) =>
      fc.constantFrom<JsonSchema>(
        { type: 'number', minimum: low, maximum: low + span },
        { type: 'number', exclusiveMinimum: low, exclusiveMaximum: low + span + 1 },
        { type: 'integer', exclusiveMinimum: low, exclusiveMaximum: low + span + 2 },
        { type: 'integer', minimum: low, maximum: low + span + step, multipleOf: step },
        { type: 'string', minLength: span, maxLength: span + step },
      ),
    );
    const { schema } = fc.letrec<{ schema: JsonSchema }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(3) }),
        fc.record({
          type: fc.constant('object'),
          properties: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('schema'), { maxKeys: 3 }),
          additionalProperties: fc.constant(false),
        }),
        fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
      ),
    }));
    fc.assert(
      fc.property(schema, (given) => {
        check(given);
        expect(schemaSample(given)).toEqual(schemaSample(given));
      }),
    );
  });

  it.each([
    ['a value that is nothing', { properties: { never: false } }, 'the schema false of "never"'],
    ['an unknown type', { type: 'date' }, 'the type "date"'],
    ['a reference to nothing', { $ref: '#/$defs/absent' }, 'points to nothing'],
    ['a reference to elsewhere', { $ref: 'https://example.com/schema.json' }, 'points to nothing'],
    ['a value without an end', { properties: { next: { $ref: '#' } }, required: ['next'] }, 'never ends'],
    ['an empty choice', { enum: [] }, 'an empty choice'],
    ['no branch', { anyOf: [] }, 'no branch'],
    ['keywords beyond it', { items: { allOf: [{ type: 'string' }] } }, '"allOf" at "value"'],
    [
      'an array that is too long',
      { type: 'array', minItems: 1e9, maxItems: 1e9 },
      'an array of 1000000000 items',
    ],
    ['a text that is too long', { type: 'string', minLength: 1e9 }, 'a text of 1000000000 characters'],
  ])('is refused for %s', (_what, schema, reason) => {
    expect(() => schemaSample(schema)).toThrow(UnsupportedSchemaError);
    expect(() => schemaSample(schema)).toThrow(reason);
  });
});
