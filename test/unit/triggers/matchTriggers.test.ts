import { describe, expect, it } from 'vitest';
import { parseSegmentEvent, type SegmentEvent } from '../../../functions/sources/segment/event.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import { compileTriggers, matchTriggers } from '../../../functions/triggers/matchTriggers.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { audienceIdentifyEvent, trackEvent } from '../segmentEvents.ts';

function trigger(name: string, when: string, route?: string | readonly string[]): Trigger {
  const run = askMave(() => ({ message: 'Why?' }));
  return route === undefined ? { name, when, run } : { name, when, run, route };
}

function eventOf(element: object): SegmentEvent {
  const parsed = parseSegmentEvent(element);
  if (!parsed.ok) {
    throw new Error(parsed.problem);
  }
  return parsed.event;
}

function namesFor(triggers: readonly Trigger[], element: object, route = 'default'): readonly string[] {
  return matchTriggers(compileTriggers(triggers), route, eventOf(element)).map(({ name }) => name);
}

describe('the triggers that an event starts', () => {
  it('are all whose filter it meets, in the order of the triggers file', () => {
    const triggers = [
      trigger('orders', 'event = "Order Completed"'),
      trigger('pages', 'type = "page"'),
      trigger('large-orders', 'properties.total > 50'),
      trigger('huge-orders', 'properties.total > 5000'),
      trigger('tracks', 'type = "track"'),
    ];
    expect(namesFor(triggers, trackEvent())).toEqual(['orders', 'large-orders', 'tracks']);
  });

  it('are none when nothing fits, or there is no trigger', () => {
    expect(namesFor([trigger('pages', 'type = "page"')], trackEvent())).toEqual([]);
    expect(namesFor([], trackEvent())).toEqual([]);
  });

  it('may look into an audience, a trait and a context', () => {
    const triggers = [
      trigger('by-key', 'context.personas.computation_key = "first_time_shopper"'),
      trigger('entered', 'type = "identify" and traits.first_time_shopper = true'),
      trigger('exited', 'type = "identify" and traits.first_time_shopper = false'),
    ];
    expect(namesFor(triggers, audienceIdentifyEvent())).toEqual(['by-key', 'entered']);
  });

  it('see an id that is null as absent, and one that is a number as text', () => {
    const triggers = [trigger('known', 'userId != null'), trigger('forty-two', 'userId = "42"')];
    expect(namesFor(triggers, { type: 'track', userId: null })).toEqual([]);
    expect(namesFor(triggers, { type: 'track', userId: 42 })).toEqual(['known', 'forty-two']);
  });

  it('see no members where Segment sends null', () => {
    expect(
      namesFor([trigger('paid', 'properties.plan = "pro"')], { type: 'track', properties: null }),
    ).toEqual([]);
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
  ])('looks only at the events of its routes: /segment/%s', (route, names) => {
    expect(namesFor(triggers, trackEvent(), route)).toEqual(names);
  });
});
