import { describe, expect, it } from 'vitest';
import {
  createPersona,
  definePull,
  defineTriggers,
  respondAs,
  segmentAudiences,
  trigger,
  updatePersona,
} from '../../functions/index.ts';
import { trial } from '../../testing/index.ts';

const persona = trigger(
  { name: 'audience-persona', from: segmentAudiences({ space: 'spa_1' }), every: '7d' },
  updatePersona(({ event }) => ({ name: `${event.properties.name}`, description: 'An audience' }), {
    per: ({ properties }) => `${properties.id}`,
  }),
);
const voices = trigger(
  { name: 'audience-voices', after: persona },
  respondAs(({ event }) => ({ input: `What do ${event.properties.name} want?` }), {
    personaId: ({ result }) => result.personaId,
  }),
);
const triggers = defineTriggers([persona, voices]);

function audience(id: string, size: number) {
  return {
    item: id,
    event: 'Audience Pulled',
    properties: { id, name: `Audience ${id}`, size },
  };
}

describe('pulls in a trial', () => {
  it('each item that a pull is given starts a run', async () => {
    await using run = await trial(triggers);
    await run.pull('audience-persona', [audience('a', 10), audience('b', 20)]);
    expect(run.of('audience-persona').map(({ state, requests }) => [state, requests[0]?.body.name])).toEqual([
      ['done', 'Audience a'],
      ['done', 'Audience b'],
    ]);
  });

  it('a pulled item that has not changed starts no run', async () => {
    await using run = await trial(triggers);
    await run.pull('audience-persona', [audience('a', 10), audience('b', 20)]);
    await run.pass('7d');
    const started = await run.pull('audience-persona', [audience('a', 10), audience('b', 25)]);
    expect(started.map(({ trigger, event }) => `${trigger} ${event.properties.id}`)).toEqual([
      'audience-persona b',
      'audience-voices b',
    ]);
    expect(run.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });

  it('a pull may be given more items than one step tells of', async () => {
    const items = Array.from({ length: 250 }, (_none, index) => audience(`${index}`, index));
    const many = trigger(
      { name: 'many', from: segmentAudiences({ space: 'spa_1' }), every: '1d', sample: 0.01 },
      createPersona(({ event }) => ({ name: `Audience ${event.properties.id}` })),
    );
    await using run = await trial(defineTriggers([many]));
    const started = await run.pull('many', items);
    expect(started.length).toBeGreaterThan(0);
    expect(started.length).toBeLessThan(20);
  });

  it('a pull never asks the real system nor takes its own steps', async () => {
    const mine = definePull({
      kind: 'mine',
      source: 'segops',
      operations: ['listSegopsSegments'],
      start: 0,
      step: () => {
        throw new Error('a trial does not take this step');
      },
    });
    const own = trigger(
      { name: 'own', from: mine, every: '1d' },
      createPersona(() => ({ name: 'Mine' })),
    );
    await using run = await trial(defineTriggers([own]));
    const [only] = await run.pull('own', [{ item: '1', event: 'Found', properties: {} }]);
    expect(only?.state).toBe('done');
    expect(only?.calls.map(({ system }) => system)).toEqual(['mavera', 'mavera']);
  });

  it('a pulled item without an id fails the test', async () => {
    await using run = await trial(triggers);
    const item = { event: 'Audience Pulled', properties: {} } as never;
    await expect(run.pull('audience-persona', [item])).rejects.toThrow(/has no `item`/);
  });

  it('errors say which trigger needs a pull and which has none', async () => {
    await using run = await trial(triggers);
    expect(() => run.one('audience-persona')).toThrow(
      /It pulls, so start it: await run\.pull\('audience-persona'/,
    );
    await expect(run.pull('audience-voices', [])).rejects.toThrow(
      'Trigger "audience-voices" has no pull (from); it follows audience-persona',
    );
  });
});

describe('triggers with `after` in a trial', () => {
  it('a trigger with `after` runs with the result of the run that it follows', async () => {
    await using run = await trial(triggers, { answers: { 'audience-voices': 'Cheaper plans.' } });
    await run.pull('audience-persona', [audience('a', 10)]);
    const first = run.one('audience-persona');
    const second = run.one('audience-voices');
    expect(second.follows).toBe(first.id);
    expect(second.requests[0]?.body.persona_id).toBe(first.result?.personaId);
    expect(second.result).toMatchObject({ text: 'Cheaper plans.' });
  });

  it('a trigger with `after` has no run while the other has failed', async () => {
    await using run = await trial(triggers, { answers: { 'audience-persona': { status: 400 } } });
    await run.pull('audience-persona', [audience('a', 10)]);
    expect(run.one('audience-persona').state).toBe('failed');
    expect(() => run.one('audience-voices')).toThrow(
      'Expected one run of "audience-voices"; there are 0. It follows the runs of "audience-persona" that are done, and there are 0',
    );
  });
});
