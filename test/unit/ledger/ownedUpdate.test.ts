import { describe, expect, it } from 'vitest';
import { ownedUpdate } from '../../../functions/ledger/ownedUpdate.ts';
import { assign, number, text } from '../../../functions/ledger/updateExpression.ts';

const lease = { runId: 'a'.repeat(40), owner: 'me' };
const key = { pk: { S: `run#${'a'.repeat(40)}` } };

describe("a change of a run's record", () => {
  it('is made only while this delivery holds the run', () => {
    expect(ownedUpdate('ledger', lease, { set: assign({ state: text('waiting') }) })).toEqual({
      TableName: 'ledger',
      Key: key,
      UpdateExpression: 'SET #state = :state',
      ConditionExpression: '#owner = :owner',
      ExpressionAttributeNames: { '#state': 'state', '#owner': 'owner' },
      ExpressionAttributeValues: { ':state': { S: 'waiting' }, ':owner': { S: 'me' } },
    });
  });

  it('may remove attributes, and depend on more', () => {
    const change = {
      set: assign({ attempts: number(1) }),
      remove: ['pending', 'lostCallAtMs'],
      condition: '#leaseUntilMs > :attempts',
      names: { '#leaseUntilMs': 'leaseUntilMs' },
    };
    expect(ownedUpdate('ledger', lease, change)).toMatchObject({
      UpdateExpression: 'SET #attempts = :attempts REMOVE #pending, #lostCallAtMs',
      ConditionExpression: '#owner = :owner AND #leaseUntilMs > :attempts',
      ExpressionAttributeNames: {
        '#attempts': 'attempts',
        '#pending': 'pending',
        '#lostCallAtMs': 'lostCallAtMs',
        '#leaseUntilMs': 'leaseUntilMs',
        '#owner': 'owner',
      },
    });
  });

  it('may only remove', () => {
    expect(ownedUpdate('ledger', lease, { set: assign({}), remove: ['budgets'] })).toMatchObject({
      UpdateExpression: 'REMOVE #budgets',
      ExpressionAttributeValues: { ':owner': { S: 'me' } },
    });
  });
});
