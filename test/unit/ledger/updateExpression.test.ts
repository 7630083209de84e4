import { describe, expect, it } from 'vitest';
import { assign, number, text } from '../../../functions/ledger/updateExpression.ts';

describe('the assignments of an update', () => {
  it('name every attribute by a placeholder, because plain names may be reserved words', () => {
    expect(assign({ state: text('done'), attempts: number(3) })).toEqual({
      assignments: '#state = :state, #attempts = :attempts',
      values: { ':state': { S: 'done' }, ':attempts': { N: '3' } },
    });
  });

  it('leave out attributes without a value, because DynamoDB refuses unused placeholders', () => {
    expect(assign({ owner: text('me'), reason: text(undefined) })).toEqual({
      assignments: '#owner = :owner',
      values: { ':owner': { S: 'me' } },
    });
  });

  it('are empty when no attribute has a value', () => {
    expect(assign({ reason: undefined })).toEqual({ assignments: '', values: {} });
  });

  it('have an empty text, which is a value, and no value for undefined', () => {
    expect(text('')).toEqual({ S: '' });
    expect([text(undefined), number(undefined)]).toEqual([undefined, undefined]);
  });

  it.each([
    [0, '0'],
    [1_767_225_600_000, '1767225600000'],
    [-1.5, '-1.5'],
    [1e-131, '0'],
    [-5e-324, '0'],
  ])('write the number %d as DynamoDB takes it', (value, written) => {
    expect(number(value)).toEqual({ N: written });
  });
});
