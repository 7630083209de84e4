import { describe, expect, it } from 'vitest';
import { assign, number, text } from '../../../functions/ledger/ledgerTable.ts';
import { assertLeased, leasedUpdate } from '../../../functions/ledger/runLease.ts';

const lease = { runId: 'a'.repeat(40), owner: 'me' };
const pk = `run#${'a'.repeat(40)}`;

describe('a change of a run item', () => {
  it('a run item is changed only while this delivery has the lease of the run', () => {
    expect(leasedUpdate(lease, { set: assign({ state: text('waiting') }) })).toEqual({
      pk,
      change: 'SET #state = :state',
      condition: '#owner = :owner',
      values: { ':state': { S: 'waiting' }, ':owner': { S: 'me' } },
    });
  });

  it('a change of a run item may remove attributes and have a further condition', () => {
    const change = {
      set: assign({ attempts: number(1) }),
      remove: ['pending', 'lostCallAtMs'],
      condition: '#leaseUntilMs > :attempts',
    };
    expect(leasedUpdate(lease, change)).toMatchObject({
      change: 'SET #attempts = :attempts REMOVE #pending, #lostCallAtMs',
      condition: '#owner = :owner AND #leaseUntilMs > :attempts',
    });
  });

  it('a change of a run item may set nothing and only remove attributes', () => {
    expect(leasedUpdate(lease, { set: assign({}), remove: ['budgets'] })).toMatchObject({
      change: 'REMOVE #budgets',
      values: { ':owner': { S: 'me' } },
    });
  });
});

describe('a delivery', () => {
  it('a delivery goes on while it has the lease', () => {
    expect(() => assertLeased(true)).not.toThrow();
  });

  it('a delivery stops when another one has taken its run over', () => {
    expect(() => assertLeased(false)).toThrow(
      expect.objectContaining({
        name: 'LeaseLostError',
        message: expect.stringContaining('Another delivery has taken this run over'),
      }),
    );
  });
});
