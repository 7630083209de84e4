import { describe, expect, it } from 'vitest';
import { askMave, defineTriggers } from '../../functions/index.ts';
import { trial } from '../../testing/index.ts';

const when = 'type = "track" and event = "churn_signal"';
const ask = askMave(({ event }) => ({ message: `Why does ${event.userId} leave?` }));

function churnOf(userId: string, more: object = {}) {
  return { type: 'track', event: 'churn_signal', userId, ...more } as const;
}

describe('the limits of a trigger in a trial', () => {
  it('a cooldown skips the second event of a user and ends with its time', async () => {
    await using run = await trial(
      defineTriggers([{ name: 'churn', when, run: ask, cooldown: { per: 'user', for: '24h' } }]),
    );
    await run.send([churnOf('u-1'), churnOf('u-2')]);
    const [second] = await run.send(churnOf('u-1'));
    expect(second).toMatchObject({ state: 'skipped', reason: 'cooldown', requests: [] });
    await run.pass('24h');
    const [third] = await run.send(churnOf('u-1'));
    expect(third).toMatchObject({ state: 'done' });
  });

  it('a budget holds the third run until the next month', async () => {
    await using run = await trial(
      defineTriggers([{ name: 'churn', when, run: ask, budget: { credits: 100, per: 'month' } }]),
      { answers: { churn: { credits: 50 } }, startAt: '2026-01-30T10:00:00Z' },
    );
    const runs = await run.send([churnOf('u-1'), churnOf('u-2'), churnOf('u-3')]);
    expect(runs.map(({ state, reason }) => reason ?? state)).toEqual(['done', 'done', 'budget_spent']);
    expect(runs[2]).toMatchObject({ state: 'waiting', credits: { expected: 50, used: 0 } });
    await run.pass('38h');
    expect(run.of('churn')[2]).toMatchObject({ state: 'done', credits: { expected: 50, used: 50 } });
  });

  it('a budget that skips does not hold, and an override takes its place', async () => {
    const budget = { credits: 1_000, per: 'month', whenSpent: 'skip' } as const;
    await using run = await trial(defineTriggers([{ name: 'churn', when, run: ask, budget }]), {
      budgets: { churn: 40 },
    });
    const [only] = await run.send(churnOf('u-1'));
    expect(only).toMatchObject({ state: 'skipped', reason: 'budget_spent' });
  });

  it('the budget of all triggers together holds the runs of each', async () => {
    await using run = await trial(defineTriggers([{ name: 'churn', when, run: ask }]), {
      overallBudget: { credits: 60, per: 'day' },
      answers: { askMave: { credits: 50 } },
    });
    const runs = await run.send([churnOf('u-1'), churnOf('u-2')]);
    expect(runs.map(({ state, reason }) => reason ?? state)).toEqual(['done', 'overall_budget_spent']);
    await run.pass('16h');
    expect(run.of('churn').map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it('a run waits for approval until a person decides', async () => {
    await using run = await trial(
      defineTriggers([{ name: 'churn', when, run: ask, approve: { above: 10 } }]),
    );
    const runs = await run.send([churnOf('u-1'), churnOf('u-2'), churnOf('u-3'), churnOf('u-4')]);
    expect(runs.map(({ reason }) => reason)).toEqual(['approval', 'approval', 'approval', 'approval']);
    const [first, second, third] = runs.map(({ id }) => id);
    await run.approve(first ?? '');
    await run.deny(second ?? '');
    await run.cancel(third ?? '');
    await run.pass('5d');
    expect(run.of('churn').map(({ state, reason }) => reason ?? state)).toEqual([
      'done',
      'denied',
      'cancelled',
      'expired',
    ]);
    expect(run.requests).toHaveLength(1);
  });

  it('a sample takes the same events each time', async () => {
    const triggers = defineTriggers([{ name: 'churn', when, run: ask, sample: 0.5 }]);
    const taken = async () => {
      await using run = await trial(triggers);
      await run.send(Array.from({ length: 40 }, (_none, index) => churnOf(`u-${index}`)));
      expect(run.events.sampledOut + run.events.queued).toBe(40);
      return run.runs.map(({ event }) => event.userId);
    };
    const first = await taken();
    expect(first.length).toBeGreaterThan(5);
    expect(first.length).toBeLessThan(35);
    expect(await taken()).toEqual(first);
  });

  it('a run is skipped whose event became stale while it waited', async () => {
    await using run = await trial(
      defineTriggers([{ name: 'churn', when, run: ask, staleAfter: '1h', approve: { above: 0 } }]),
    );
    await run.send(churnOf('u-1'));
    await run.pass('59m');
    expect(run.one('churn')).toMatchObject({ state: 'waiting', reason: 'approval' });
    await run.pass('2m');
    expect(run.one('churn')).toMatchObject({ state: 'skipped', reason: 'stale' });
  });

  it('a run is skipped at once whose event came late', async () => {
    await using run = await trial(defineTriggers([{ name: 'churn', when, run: ask, staleAfter: '1h' }]));
    await run.send(churnOf('u-1', { timestamp: '2026-01-05T07:30:00Z' }));
    expect(run.one('churn')).toMatchObject({ state: 'skipped', reason: 'stale' });
  });

  it('an event older than the dedupe window starts no run and counts as stale', async () => {
    await using run = await trial(defineTriggers([{ name: 'churn', when, run: ask }]));
    expect(await run.send(churnOf('u-1', { timestamp: '2025-12-01T00:00:00Z' }))).toEqual([]);
    expect(run.events).toMatchObject({ received: 1, stale: 1 });
  });

  it('a later event cancels the runs of the same user that have not begun', async () => {
    await using run = await trial(
      defineTriggers([
        {
          name: 'churn',
          when,
          run: ask,
          approve: { above: 0 },
          cancelledBy: { when: 'type = "track" and event = "renewed"', per: 'user' },
        },
      ]),
    );
    await run.send([churnOf('u-1'), churnOf('u-2')]);
    await run.pass('1h');
    await run.send({ type: 'track', event: 'renewed', userId: 'u-1' });
    for (const { id } of run.of('churn')) {
      await run.approve(id);
    }
    expect(run.of('churn').map(({ state, reason }) => reason ?? state)).toEqual(['cancelled', 'done']);
  });

  it('runs wait for slots when the test chooses the rate limit', async () => {
    await using run = await trial(defineTriggers([{ name: 'churn', when, run: ask }]), {
      requestsPerMinute: 6,
    });
    await run.send(Array.from({ length: 3 }, (_none, index) => churnOf(`u-${index}`)));
    expect(run.of('churn').map(({ state }) => state)).toContain('waiting');
    await run.pass('2m');
    expect(run.of('churn').map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  });

  it('each run behind a spent budget has the reason budget_spent', async () => {
    await using run = await trial(
      defineTriggers([{ name: 'churn', when, run: ask, budget: { credits: 60, per: 'month' } }]),
      { answers: { churn: { credits: 50 } } },
    );
    await run.send(Array.from({ length: 30 }, (_none, index) => churnOf(`u-${index}`)));
    const others = run.of('churn').filter(({ state }) => state !== 'done');
    expect(others).toHaveLength(29);
    expect(new Set(others.map(({ reason }) => reason))).toEqual(new Set(['budget_spent']));
  });

  it('dozens of runs at once do not wait for their turn', async () => {
    await using run = await trial(defineTriggers([{ name: 'churn', when, run: ask }]));
    await run.send(Array.from({ length: 60 }, (_none, index) => churnOf(`u-${index}`)));
    expect(run.of('churn').filter(({ state }) => state !== 'done')).toEqual([]);
  });
});
