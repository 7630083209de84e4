import { describe, expect, it } from 'vitest';
import { createPersona, defineTriggers, deviceOf, trigger } from '../../functions/index.ts';
import { trial } from '../../testing/index.ts';

const when = 'type = "track" and event = "cancelled"';

function cancelled(count: number, more: object = {}) {
  return Array.from({ length: count }, (_none, index) => ({
    type: 'track' as const,
    event: 'cancelled',
    userId: `u-${index}`,
    properties: { why: index % 2 === 0 ? 'price' : 'quality' },
    ...more,
  }));
}

const triggers = defineTriggers([
  {
    name: 'leavers',
    when,
    run: createPersona(({ events }) => ({
      name: 'Leavers',
      description: `${events.length} left: ${events.map(({ properties }) => properties.why).join(', ')}`,
    })),
    collect: { count: 20, within: '7d' },
  },
]);

describe('collections in a trial', () => {
  it('twenty cancellations become one persona with one request', async () => {
    await using run = await trial(triggers);
    await run.send(cancelled(20));
    expect(run.requests).toHaveLength(1);
    expect(run.requests[0]).toMatchObject({
      method: 'POST',
      path: '/personas',
      body: { name: 'Leavers', description: expect.stringMatching(/^20 left: price, quality, price/) },
    });
    const made = run.of('leavers').filter(({ state }) => state === 'done');
    expect(made).toMatchObject([{ collected: 20, credits: { expected: 300, used: 300 } }]);
  });

  it('a collection closes when its time is over, with fewer events', async () => {
    await using run = await trial(triggers);
    await run.send(cancelled(3));
    expect(run.of('leavers').map(({ reason }) => reason)).toContain('collecting');
    await run.pass('6d');
    expect(run.requests).toEqual([]);
    await run.pass('25h');
    expect(run.requests[0]?.body.description).toMatch(/^3 left/);
    expect(
      run
        .of('leavers')
        .map(({ state, reason }) => reason ?? state)
        .sort(),
    ).toEqual(['collected', 'collected', 'done']);
  });

  it('a tally counts the events and keeps none', async () => {
    const counting = trigger(
      { name: 'devices', when, collect: { within: '1d', tally: deviceOf } },
      createPersona(({ tally, counted }) => ({
        name: 'Devices',
        description: JSON.stringify({ tally, counted }),
      })),
    );
    await using run = await trial(defineTriggers([counting]));
    const phone = { context: { device: { type: 'ios' } } };
    await run.send([...cancelled(2, phone), ...cancelled(3)]);
    await run.pass('25h');
    const description = String(run.requests[0]?.body.description);
    expect(description).toMatch(/^\{"tally":\{.*\},"counted":5\}/);
  });
});
