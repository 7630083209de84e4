import { describe, expect, it } from 'vitest';
import { assign, number, text } from '../../../functions/ledger/updateExpression.ts';

describe('the parts of an update', () => {
  it('name every attribute by a placeholder, since plain names may be reserved words', () => {
    expect(assign({ state: text('done'), attempts: number(3) })).toEqual({
      assignments: '#state = :state, #attempts = :attempts',
      names: { '#state': 'state', '#attempts': 'attempts' },
      values: { ':state': { S: 'done' }, ':attempts': { N: '3' } },
    });
  });

  it('leave out attributes without a value, since DynamoDB refuses placeholders that are not used', () => {
    expect(assign({ owner: text('me'), reason: text(undefined) })).toEqual({
      assignments: '#owner = :owner',
      names: { '#owner': 'owner' },
      values: { ':owner': { S: 'me' } },
    });
  });

  it('may be none', () => {
    expect(assign({ reason: undefined })).toEqual({ assignments: '', names: {}, values: {} });
  });

  it('keep an empty text, which is a value', () => {
    expect(text('')).toEqual({ S: '' });
  });

  it.each([
    [0, '0'],
    [1_767_225_600_000, '1767225600000'],
    [-1.5, '-1.5'],
    [1e-131, '0'],
    [-5e-324, '0'],
  ])('write the number %d', (value, written) => {
    expect(number(value)).toEqual({ N: written });
  });
});
