import { askMave, definePull, trigger } from 'mavera-triggers';
import { describe, expect, it } from 'vitest';
import { comparedPullOf, comparersOf } from '../../../functions/triggers/pulledChain.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';

const run = askMave(() => ({ message: 'Why?' }));
const from = definePull({ kind: 'items', source: 'segment', operations: [], start: {}, step: () => ({}) });
const collect = { within: '1h' } as const;
const pulls = trigger({ name: 'pulls', from, every: '1d' }, run);
const middle = trigger({ name: 'middle', after: pulls }, run);
const compares = trigger({ name: 'compares', after: middle, collect }, run);
const next = trigger({ name: 'next', after: compares, collect }, run);
const gathers = trigger({ name: 'gathers', from, every: '1d', collect }, run);
const afterGathers = trigger({ name: 'after-gathers', after: gathers, collect }, run);
const posted = trigger({ name: 'posted', when: 'type = "track"' }, run);
const afterPosted = trigger({ name: 'after-posted', after: posted, collect }, run);
const all = [pulls, middle, compares, next, gathers, afterGathers, posted, afterPosted];
const triggers: ReadonlyMap<string, Trigger> = new Map(all.map((one) => [one.name, one]));

describe('which pull finds the items that a trigger compares', () => {
  it('is the one that began its chain, if the trigger is the first that collects', () => {
    const compared = all.map((one) => comparedPullOf(one, triggers)?.name);
    expect(compared).toEqual([undefined, undefined, 'pulls', ...Array.from({ length: 5 }, () => undefined)]);
  });

  it('is asked the other way round by the puller', () => {
    expect(all.map((one) => comparersOf(one, triggers))).toEqual([
      ['compares'],
      ...Array.from({ length: 7 }, () => []),
    ]);
  });
});
