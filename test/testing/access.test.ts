import { describe, expect, it } from 'vitest';
import { askMave, defineAccess, defineTriggers } from '../../functions/index.ts';
import { trial } from '../../testing/index.ts';

const churn = { type: 'track', event: 'churn_signal', userId: 'u-1' } as const;
const triggers = defineTriggers([
  {
    name: 'churn',
    when: 'type = "track" and event = "churn_signal"',
    run: askMave(() => ({ message: 'Why?' })),
  },
]);

describe('the access file in a trial', () => {
  it('a call that the access file does not grant fails the run, and nothing is called', async () => {
    const access = defineAccess({ triggers: { churn: { 'mavera.usage': 'read' } } });
    await using run = await trial(triggers, { access });
    await run.send(churn);
    expect(run.one('churn')).toMatchObject({ state: 'failed', reason: 'not_allowed', requests: [] });
    expect(run.one('churn').detail).toMatch(/it has off on mavera\.mave, and askMave needs write/);
    expect(run.explain()).toMatch(/refused: trigger\/churn askMave/);
  });

  it('a call that the access file grants is made', async () => {
    const access = defineAccess({ triggers: { churn: { 'mavera.mave': 'write', 'mavera.usage': 'read' } } });
    await using run = await trial(triggers, { access });
    await run.send(churn);
    expect(run.one('churn').state).toBe('done');
  });
});
