import { parseFql, validate } from '@segment/destination-subscriptions';
import { describe, expect, it } from 'vitest';
import { askMave } from '../../../functions/triggers/actions.ts';
import {
  compileTriggers,
  matchCancelledTriggers,
  matchTriggers,
} from '../../../functions/triggers/matchTriggers.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { audienceIdentifyEvent, trackEvent } from '../segmentEvents.ts';

function trigger(name: string, when: string, route?: string | readonly string[]): Trigger {
  const run = askMave(() => ({ message: 'Why?' }));
  return route === undefined ? { name, when, run } : { name, when, run, route };
}

function namesFor(triggers: readonly Trigger[], element: object, route = 'default'): readonly string[] {
  return matchTriggers(compileTriggers(triggers), route, element).map(({ name }) => name);
}

describe('the triggers that an event starts', () => {
  it('are all whose filter it matches, in the order of the triggers file', () => {
    const triggers = [
      trigger('orders', 'event = "Order Completed"'),
      trigger('pages', 'type = "page"'),
      trigger('large-orders', 'properties.total > 50'),
      trigger('huge-orders', 'properties.total > 5000'),
      trigger('tracks', 'type = "track"'),
    ];
    expect(namesFor(triggers, trackEvent())).toEqual(['orders', 'large-orders', 'tracks']);
  });

  it('are none when no filter matches, or there is no trigger', () => {
    expect(namesFor([trigger('pages', 'type = "page"')], trackEvent())).toEqual([]);
    expect(namesFor([], trackEvent())).toEqual([]);
  });

  it('may filter by an audience, a trait and a context', () => {
    const triggers = [
      trigger('by-key', 'context.personas.computation_key = "first_time_shopper"'),
      trigger('entered', 'type = "identify" and traits.first_time_shopper = true'),
      trigger('exited', 'type = "identify" and traits.first_time_shopper = false'),
    ];
    expect(namesFor(triggers, audienceIdentifyEvent())).toEqual(['by-key', 'entered']);
  });

  it.each([
    ['userId != null', { userId: null }, false],
    ['userId != null', { userId: '' }, true],
    ['userId = ""', { userId: '' }, true],
    ['userId != ""', { userId: '' }, false],
    ['userId != null', { userId: 12345 }, true],
    ['userId = "12345"', { userId: 12345 }, false],
    ['event = "5"', { event: 5 }, false],
    ['!contains(event, " ")', { event: 5 }, false],
    ['match(name, "5*")', { name: 55 }, false],
    ['context.library != null', { context: 'none' }, false],
    ['properties.plan = "pro"', { properties: null }, false],
  ])('are those that Segment would pass on: %s and %j', (when, fields, isWanted) => {
    const element = { type: 'track', ...fields };
    expect(validate(parseFql(when), element)).toBe(isWanted);
    expect(namesFor([trigger('one', when)], element)).toEqual(isWanted ? ['one'] : []);
  });

  it.each([
    'properties.products.\\[0\\].brand',
    'properties.products\\[0\\].brand',
    'properties.products.\\0.brand',
  ])('may filter by an element of an array: %s', (field) => {
    const triggers = [trigger('one', `${field} = "Acme"`)];
    const bought = (...brands: readonly string[]): object =>
      trackEvent({ properties: { products: brands.map((brand) => ({ brand })) } });
    expect(namesFor(triggers, bought('Acme', 'Other'))).toEqual(['one']);
    expect(namesFor(triggers, bought('Other', 'Acme'))).toEqual([]);
  });
});

describe('a trigger with a route', () => {
  const triggers = [
    trigger('everywhere', 'type = "track"'),
    trigger('eu', 'type = "track"', 'eu'),
    trigger('eu-and-us', 'type = "track"', ['eu', 'us']),
    trigger('default', 'type = "track"', 'default'),
  ];

  it.each([
    ['default', ['everywhere', 'default']],
    ['eu', ['everywhere', 'eu', 'eu-and-us']],
    ['us', ['everywhere', 'eu-and-us']],
    ['EU', ['everywhere']],
  ])('gets only the events of its routes: /segment/%s', (route, names) => {
    expect(namesFor(triggers, trackEvent(), route)).toEqual(names);
  });
});

describe('an event that cancels runs', () => {
  const renewed = { when: 'event = "Renewed"', per: 'user' } as const;
  const triggers: readonly Trigger[] = [
    trigger('never-cancelled', 'type = "track"'),
    { ...trigger('everywhere', 'event = "Left"'), cancelledBy: renewed },
    { ...trigger('eu', 'event = "Left"', 'eu'), cancelledBy: renewed },
    { ...trigger('pages', 'event = "Left"'), cancelledBy: { when: 'type = "page"', per: 'user' } },
  ];

  it.each([
    ['default', ['everywhere']],
    ['eu', ['everywhere', 'eu']],
  ])('cancels those of the triggers that name it and read its route: /segment/%s', (route, names) => {
    const cancelled = matchCancelledTriggers(
      compileTriggers(triggers),
      route,
      trackEvent({ event: 'Renewed' }),
    );
    expect(cancelled.map(({ name }) => name)).toEqual(names);
  });

  it('starts no run of them', () => {
    expect(namesFor(triggers, trackEvent({ event: 'Renewed' }), 'eu')).toEqual(['never-cancelled']);
  });
});
