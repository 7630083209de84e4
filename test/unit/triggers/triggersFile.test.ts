import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareRequest } from '../../../functions/run/prepareRequest.ts';
import { compileTriggers, matchTriggers } from '../../../functions/triggers/matchTriggers.ts';
import triggers from '../../../triggers.ts';
import { anyText } from '../jsonArbitrary.ts';
import { audienceIdentifyEvent, segmentEvent, trackEvent } from '../segmentEvents.ts';

const compiled = compileTriggers(triggers);

/** The requests that an event would start, by trigger. */
function requestsFor(element: object): readonly (readonly [string, unknown])[] {
  const event = segmentEvent(element);
  return matchTriggers(compiled, 'default', element).map((trigger) => {
    const prepared = prepareRequest(trigger, { runId: '0'.repeat(40), events: [event] });
    return [trigger.name, prepared.ok ? prepared.request : prepared];
  });
}

function named(event: string, properties: Readonly<Record<string, unknown>>): object {
  return trackEvent({ event, properties });
}

const chat = { method: 'POST', path: '/mave/chat' };
const personas = { method: 'POST', path: '/personas' };

describe("the triggers file that comes with the project: Mavera's own guide for Segment", () => {
  it('makes a persona of a trial that has started', () => {
    expect(requestsFor(named('trial_started', { plan: 'pro', source: 'ads' }))).toEqual([
      [
        'trial-started',
        {
          ...personas,
          body: {
            pipeline_type: 'north_star',
            type: 'B2B',
            name: 'Trial user on pro',
            description: expect.stringMatching(/plan "pro".* source "ads"/),
          },
        },
      ],
    ]);
  });

  it('makes a persona of a milestone', () => {
    const properties = { milestone: '100 reports', feature_name: 'Reports' };
    expect(requestsFor(named('feature_milestone', properties))).toEqual([
      [
        'feature-milestone',
        {
          ...personas,
          body: expect.objectContaining({
            name: 'Feature champion: Reports',
            description: expect.stringMatching(/"100 reports".*"Reports"/),
          }),
        },
      ],
    ]);
  });

  it.each([
    [
      'plan_upgraded',
      'plan-upgraded',
      { previous_plan: 'free', new_plan: 'pro' },
      /plan "free" to the plan "pro"/,
    ],
    ['churn_signal', 'churn-signal', { ltv: 1200, signal_type: 'downgrade' }, /1200 dollars .*: "downgrade"/],
    ['Audience Entered', 'audience-entered', { audience_key: 'vip' }, /audience "vip"/],
  ])('asks Mave about %s', (event, trigger, properties, message) => {
    expect(requestsFor(named(event, properties))).toEqual([
      [trigger, { ...chat, body: { message: expect.stringMatching(message), stream: false } }],
    ]);
  });

  it.each([
    ['another event', trackEvent()],
    ['an identify of the same name', { type: 'identify', event: 'plan_upgraded' }],
    ['an audience by its identify', audienceIdentifyEvent()],
    ['another case', named('Trial_Started', {})],
  ])('does nothing for %s', (_what, element) => {
    expect(requestsFor(element)).toEqual([]);
  });

  it('makes a request that Mavera takes, whatever the properties', () => {
    const value = fc.oneof(
      anyText,
      fc.string({ minLength: 200 }),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    );
    const properties = fc.record(
      {
        plan: value,
        source: value,
        milestone: value,
        feature_name: value,
        previous_plan: value,
        new_plan: value,
        ltv: value,
        signal_type: value,
        audience_key: value,
      },
      { requiredKeys: [] },
    );
    const event = fc.constantFrom(
      'trial_started',
      'feature_milestone',
      'plan_upgraded',
      'churn_signal',
      'Audience Entered',
    );
    fc.assert(
      fc.property(event, properties, (name, fields) => {
        expect(requestsFor(named(name, fields))).toEqual([
          [expect.any(String), expect.objectContaining({ method: 'POST' })],
        ]);
      }),
    );
  });
});
