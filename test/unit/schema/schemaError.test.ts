import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { describeSchemaError, isSchemaError } from '../../../functions/schema/schemaError.ts';

const schema = z.object({ user: z.object({ emails: z.array(z.string()) }), age: z.optional(z.number()) });

function describeProblemsOf(value: unknown): string {
  const { error } = schema.safeParse(value);
  return error === undefined ? '' : describeSchemaError(error);
}

describe('a schema error in one line', () => {
  it('names the path of each field, and what was expected', () => {
    expect(describeProblemsOf({ user: { emails: ['a', 5] }, age: 'x' })).toBe(
      'user.emails[1]: Invalid input: expected string, received number; ' +
        'age: Invalid input: expected number, received string',
    );
  });

  it('has no path for a problem of the whole value', () => {
    expect(describeProblemsOf('jane@example.com')).toBe('Invalid input: expected object, received string');
  });

  it('names the first ten problems of a long list, and how many more there are', () => {
    const described = describeProblemsOf({ user: { emails: Array.from({ length: 500 }, () => 5) } });
    expect(described.split('; ')).toHaveLength(11);
    expect(described).toMatch(/; 490 more$/);
  });

  it('has no value', () => {
    expect(describeProblemsOf({ user: { emails: 'jane@example.com' } })).not.toContain('jane@example.com');
  });
});

describe('an error of a schema', () => {
  it('is told from any other', () => {
    expect(isSchemaError(schema.safeParse(5).error)).toBe(true);
    for (const other of [new Error('x'), new SyntaxError('x'), { issues: [] }, undefined, null, 'x']) {
      expect(isSchemaError(other)).toBe(false);
    }
  });
});
