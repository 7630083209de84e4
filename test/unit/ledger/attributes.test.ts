import { describe, expect, it } from 'vitest';
import { assign, number, text } from '../../../functions/ledger/ledgerTable.ts';

describe('the assignments of an update', () => {
  it('an assignment has a placeholder for its attribute, because plain names may be reserved words', () => {
    expect(assign({ state: text('done'), attempts: number(3) })).toEqual({
      assignments: '#state = :state, #attempts = :attempts',
      values: { ':state': { S: 'done' }, ':attempts': { N: '3' } },
    });
  });

  it('attributes without a value are left out, because DynamoDB refuses unused placeholders', () => {
    expect(assign({ owner: text('me'), reason: text(undefined) })).toEqual({
      assignments: '#owner = :owner',
      values: { ':owner': { S: 'me' } },
    });
  });

  it('there is no assignment when no attribute has a value', () => {
    expect(assign({ reason: undefined })).toEqual({ assignments: '', values: {} });
  });

  it('an empty text is a value, and undefined is not', () => {
    expect(text('')).toEqual({ S: '' });
    expect([text(undefined), number(undefined)]).toEqual([undefined, undefined]);
  });

  it.each([
    [0, '0'],
    [1_767_225_600_000, '1767225600000'],
    [-1.5, '-1.5'],
    [1e-131, '0'],
    [-5e-324, '0'],
  ])('the number %d is written as DynamoDB takes it', (value, written) => {
    expect(number(value)).toEqual({ N: written });
  });
});
