import { describe, expect, it } from 'vitest';
import { askMave, defineTriggers, trigger } from '../../functions/index.ts';
import { InvalidTrialError, trial } from '../../testing/index.ts';

const ask = askMave(({ event }) => ({ message: `Why ${event.userId}?` }));
const churn = { type: 'track', event: 'churn_signal', userId: 'u-1' } as const;
const triggers = defineTriggers([
  { name: 'churn', when: 'type = "track" and event = "churn_signal"', run: ask },
  { name: 'trial-started', when: 'type = "track" and event = "trial_started"', run: ask },
]);

describe('a trial tells what a test has wrong', () => {
  it('a wrong trigger name is answered with the name that was probably meant', async () => {
    await using run = await trial(triggers);
    expect(() => run.of('chrun' as 'churn')).toThrow('There is no trigger "chrun": did you mean churn?');
    expect(() => run.one('x' as 'churn')).toThrow('There is no trigger "x": there are churn, trial-started');
  });

  it('wrong names in the options are answered with those that were probably meant', async () => {
    await expect(trial(triggers, { startsAt: '2026-01-01' } as object)).rejects.toThrow(
      'There is no option "startsAt": did you mean startAt?',
    );
    await expect(trial(triggers, { answers: { askMav: 'x' } as object })).rejects.toThrow(
      'There is no trigger or action "askMav": did you mean askMave?',
    );
    await expect(trial(triggers, { budgets: { trialstarted: 1 } as object })).rejects.toThrow(
      'did you mean trial-started?',
    );
    await expect(trial(triggers, { lookups: { chrn: {} } as object })).rejects.toThrow(
      'There is no trigger "chrn": did you mean churn?',
    );
    await expect(trial(triggers, { startAt: 'tomorrow' })).rejects.toThrow(
      'startAt: expected a Date or ISO 8601, such as 2026-01-05T09:00:00.000Z; got tomorrow',
    );
    await expect(trial({} as never)).rejects.toThrow('trial takes the default export of triggers.ts');
  });

  it('an event that the receiver refuses is shown with the reason', async () => {
    await using run = await trial(triggers);
    await expect(run.send({ type: 'trak', event: 'churn_signal' } as never)).rejects.toThrow(
      /does not take this event of segment \(400\): .*type.*The event: .*"type":"trak"/,
    );
    await expect(run.send({ ...churn, properties: 'ltv' } as never)).rejects.toThrow(
      /properties: expected an object/,
    );
    expect(run.runs).toEqual([]);
  });

  it('`one` shows every run when there are several, and what was received when there is none', async () => {
    await using run = await trial(triggers);
    await run.send([churn, { ...churn, userId: 'u-2' }]);
    expect(() => run.one('churn')).toThrow(/there are 2\nchurn [0-9a-f]{8}: done/);
    expect(() => run.one('trial-started')).toThrow(
      'there are 0. Of 2 events, 2 started runs and 0 were ignored; its filter is type = "track" and event = "trial_started"',
    );
  });

  it('a builder that throws fails its run with the reason of the ledger', async () => {
    const broken = trigger(
      { name: 'broken', when: 'type = "track"' },
      askMave(({ event }) => ({ message: (event.properties.a as { b: string }).b })),
    );
    await using run = await trial(defineTriggers([broken]));
    await run.send(churn);
    expect(run.one('broken')).toMatchObject({ state: 'failed', reason: 'builder_failed' });
    expect(run.explain(run.one('broken'))).toMatch(
      /failed \(builder_failed\): The request builder threw: .*\n/,
    );
  });

  it('a decision about a finished or unknown run is refused', async () => {
    await using run = await trial(triggers);
    await run.send(churn);
    await expect(run.approve(run.one('churn'))).rejects.toThrow(/cannot be approved: it is done/);
    await expect(run.approve('nobody')).rejects.toThrow('There is no run with the id "nobody"');
  });

  it('`pass` takes durations only', async () => {
    await using run = await trial(triggers);
    await expect(run.pass('1 day' as never)).rejects.toThrow(
      'pass: expected a duration such as 90s, 30m, 24h or 7d',
    );
  });

  it('a closed trial takes no more events and still shows its runs', async () => {
    const run = await trial(triggers);
    await run.send(churn);
    await run.close();
    await expect(run.send(churn)).rejects.toThrow(InvalidTrialError);
    await expect(run.pass('1h')).rejects.toThrow('This trial is closed');
    expect(run.one('churn').state).toBe('done');
  });
});
