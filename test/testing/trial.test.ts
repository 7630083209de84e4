import { describe, expect, it } from 'vitest';
import { askMave, createPersona, defineTriggers, quoted, signSegmentRequest } from '../../functions/index.ts';
import { trial } from '../../testing/index.ts';

const triggers = defineTriggers([
  {
    name: 'churn-signal',
    when: 'type = "track" and event = "churn_signal"',
    run: askMave(({ event }) => ({ message: `Why does ${quoted(event.userId)} leave?` })),
    cooldown: { per: 'user', for: '24h' },
    budget: { credits: 100, per: 'month' },
  },
  {
    name: 'cancellations',
    when: 'type = "track" and event = "cancelled"',
    run: createPersona(({ events }) => ({ name: 'Leavers', description: `${events.length} left` })),
    collect: { count: 20, within: '7d' },
  },
]);

const churn = { type: 'track', event: 'churn_signal', userId: 'u-1', properties: { ltv: 1200 } } as const;

describe('a trial', () => {
  it('a run shows its exact request, its credits and its state', async () => {
    await using run = await trial(triggers);
    await run.send(churn);
    expect(run.requests).toEqual([
      { method: 'POST', path: '/mave/chat', body: { message: 'Why does "u-1" leave?', stream: false } },
    ]);
    expect(run.one('churn-signal')).toMatchObject({ state: 'done', credits: { expected: 50 } });
  });

  it('a second event within the cooldown is skipped, and one after it runs', async () => {
    await using run = await trial(triggers);
    await run.send(churn);
    const [second] = await run.send(churn);
    expect(second).toMatchObject({ state: 'skipped', reason: 'cooldown', requests: [] });
    await run.pass('24h');
    const [third] = await run.send(churn);
    expect(third).toMatchObject({ state: 'done' });
  });

  it('twenty collected events make one request', async () => {
    await using run = await trial(triggers);
    await run.send(
      Array.from({ length: 20 }, (_none, index) => ({
        type: 'track',
        event: 'cancelled',
        userId: `u-${index}`,
      })),
    );
    expect(run.requests).toHaveLength(1);
  });

  it('a request that a test signs is taken, and one without a signature is refused', async () => {
    await using run = await trial(triggers);
    const signed = signSegmentRequest({
      payload: [churn, { ...churn, messageId: 'm-2', userId: 'u-2' }],
      secret: run.sharedSecret,
    });
    expect(await run.post(signed)).toMatchObject({ status: 200, body: { received: 2, queued: 2 } });
    expect(await run.post({ body: signed.body, headers: {} })).toMatchObject({ status: 401 });
    expect(run.of('churn-signal')).toHaveLength(2);
  });
});
