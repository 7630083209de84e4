import { describe, expect, it } from 'vitest';
import { askMave, defineTriggers } from '../../functions/index.ts';
import { trial } from '../../testing/index.ts';

const churn = { type: 'track', event: 'churn_signal', userId: 'u-1' } as const;
const triggers = defineTriggers([
  {
    name: 'churn',
    when: 'type = "track" and event = "churn_signal"',
    run: askMave(({ event }) => ({ message: `Why ${event.userId}?` })),
    cooldown: { per: 'user', for: '24h' },
    budget: { credits: 100, per: 'day' },
  },
]);

describe('trials in one process', () => {
  it('two trials at once do not touch each other', async () => {
    const one = await trial(triggers, { answers: { churn: 'one' } });
    const other = await trial(triggers, { answers: { churn: 'other' }, startAt: '2030-06-01T00:00:00Z' });
    await Promise.all([
      one.send(churn),
      other.send(churn),
      one.send({ ...churn, userId: 'u-2' }),
      other.pass('30d'),
    ]);
    expect(one.of('churn').map(({ result }) => result?.content)).toEqual(['one', 'one']);
    expect(other.of('churn').map(({ result }) => result?.content)).toEqual(['other']);
    expect(one.now.getUTCFullYear()).toBe(2026);
    expect(other.now.toISOString().slice(0, 10)).toBe('2030-07-01');
    await Promise.all([one.close(), other.close()]);
  });

  it('a trial is the same each time: ids, times, requests and results', async () => {
    const whole = async () => {
      await using run = await trial(triggers);
      await run.send([churn, { ...churn, userId: 'u-2' }]);
      await run.pass('36h');
      await run.send(churn);
      return run.runs;
    };
    expect(await whole()).toEqual(await whole());
  });

  it('a trial leaves the process as it was: environment, fetch, clock and timers', async () => {
    const { env } = process;
    const before = {
      env: JSON.stringify(env),
      fetch: globalThis.fetch,
      now: Date.now,
      timeout: globalThis.setTimeout,
      resources: process.getActiveResourcesInfo(),
    };
    {
      await using run = await trial(triggers, { answers: { churn: [{ status: 500 }] } });
      await run.send([churn, { ...churn, userId: 'u-2' }]);
      await run.pass('48h');
    }
    expect({
      env: JSON.stringify(env),
      fetch: globalThis.fetch,
      now: Date.now,
      timeout: globalThis.setTimeout,
      resources: process.getActiveResourcesInfo(),
    }).toEqual(before);
  });
});
