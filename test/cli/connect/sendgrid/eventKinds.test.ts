import { validate } from '@segment/destination-subscriptions';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventKinds, wantedKinds } from '../../../../cli/connect/sendgrid/eventKinds.ts';
import { eventNames, sendGridEvent } from '../../../../functions/sources/sendgrid/toEvent.ts';
import { askMave } from '../../../../functions/triggers/actions.ts';
import { checkFqlSyntax } from '../../../../functions/triggers/fqlSyntax.ts';
import { compileTriggers } from '../../../../functions/triggers/matchTriggers.ts';
import type { Trigger } from '../../../../functions/triggers/trigger.ts';

const run = askMave(() => ({ message: 'Why?' }));
const trigger = (when: string, more: Partial<Trigger> = {}): Trigger => ({
  name: 'a',
  source: 'sendgrid',
  when,
  run,
  ...more,
});
const kindsOf = (when: string): readonly string[] => [...wantedKinds([trigger(when)])];

describe('the kinds of events that triggers want', () => {
  it.each([
    ['type = "track" and event = "Email Link Clicked"', ['click']],
    ['event = "Email Opened" or event = "Email Marked as Spam"', ['open', 'spam_report']],
    ['event = "Unsubscribed"', ['unsubscribe', 'group_unsubscribe']],
    ['properties.event = "group_unsubscribe"', ['group_unsubscribe']],
    ['contains(event, "Email B")', ['bounce']],
    ['match(event, "Email D*")', ['deferred', 'delivered', 'dropped']],
    ['event != "Email Processed" and match(properties.event, "p*")', []],
    ['event = "Email Bounced" and properties.type = "blocked"', ['bounce']],
    ['type = "identify"', []],
    ['event = "Order Completed"', []],
    ['event = "Account Status Changed"', ['account_status_change']],
  ])('of %s are %j', (when, expected) => {
    expect(kindsOf(when)).toEqual(expected);
  });

  it.each(['properties.singlesend_id != null', 'type = "track"', 'contains(properties.url, "pricing")'])(
    'are all kinds if the filter does not tell: %s',
    (when) => {
      expect(kindsOf(when)).toEqual(eventKinds);
    },
  );

  it('are those of all triggers, and those that cancel', () => {
    const cancelledBy = { when: 'event = "Email Bounced"', per: () => 'k' };
    const triggers = [trigger('event = "Email Opened"', { cancelledBy }), trigger('event = "Resubscribed"')];
    expect([...wantedKinds(triggers)]).toEqual(['bounce', 'open', 'group_resubscribe']);
    expect(wantedKinds([])).toEqual(new Set());
  });

  it('miss no kind of which an event passes the filter', () => {
    const names = Object.keys(eventNames) as readonly (keyof typeof eventNames)[];
    const text = fc.constantFrom(...Object.values(eventNames), ...names, 'Email', 'e', 'other');
    const field = fc.constantFrom('event', 'properties.event', 'properties.url', 'userId');
    const comparison = fc.oneof(
      fc
        .tuple(field, fc.constantFrom('=', '!='), text)
        .map(([name, sign, value]) => `${name} ${sign} "${value}"`),
      fc.tuple(field, text).map(([name, value]) => `contains(${name}, "${value}")`),
      field.map((name) => `${name} != null`),
    );
    const filter = fc
      .tuple(comparison, fc.constantFrom(' and ', ' or '), comparison)
      .map(([one, operator, other]) => `${one}${operator}${other}`)
      .filter((text) => {
        try {
          checkFqlSyntax(text);
          return true;
        } catch {
          return false;
        }
      });
    fc.assert(
      fc.property(filter, fc.constantFrom(...names), (when, event) => {
        const read = sendGridEvent(
          { event, url: 'https://example.com' },
          { userIdArgument: 'u', addressKey: 'k' },
        );
        const [compiled] = compileTriggers([trigger(when)], 'sendgrid');
        const passes = compiled?.filter !== undefined && read.ok && validate(compiled.filter, read.filtered);
        const kind = event === 'spamreport' ? 'spam_report' : event;
        expect(!passes || wantedKinds([trigger(when)]).has(kind)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
