import { eventNames } from '../../../functions/sources/sendgrid/toEvent.ts';
import { mayMatch } from '../../../functions/triggers/neverMatches.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { filtersOf } from '../plan/desiredConnection.ts';

/** The name that an event of a kind has where SendGrid posts it. */
type PostedName = keyof typeof eventNames;

/** A kind of event, by the name of its setting. */
export type EventKind = Exclude<PostedName, 'spamreport'> | 'spam_report';

/** Kinds by the names that SendGrid posts. Source: OpenAPI of SendGrid, "EventWebhookRequest". */
const kindOf = (posted: PostedName): EventKind => (posted === 'spamreport' ? 'spam_report' : posted);

const postedNames = Object.keys(eventNames) as readonly PostedName[];

/** All kinds, in the order of an e-mail's life. */
export const eventKinds: readonly EventKind[] = postedNames.map(kindOf);

/** Off by default, and only shown on request: changes of the account itself. */
export const accountKind = 'account_status_change' satisfies EventKind;

/**
 * The kinds of events that may start or cancel a run of a trigger. A filter that asks neither for `event` nor for
 * `properties.event` may match every kind.
 *
 * @example wantedKinds([{ name: 'clicks', when: 'event = "Email Link Clicked"', … }]) // Set { 'click' }
 */
export function wantedKinds(triggers: readonly Trigger[]): ReadonlySet<EventKind> {
  const filters = filtersOf(triggers);
  const isWanted = (posted: PostedName): boolean => filters.some((filter) => mayMatchKind(filter, posted));
  return new Set(postedNames.filter(isWanted).map(kindOf));
}

/** What the receiver makes of an event of a kind: `functions/sources/sendgrid/toEvent.ts`. */
function mayMatchKind(filter: string, posted: PostedName): boolean {
  return mayMatch(filter, [
    { type: 'event-type', operator: '=', value: 'track' },
    { type: 'event', operator: '=', value: eventNames[posted] },
    { type: 'event-property', name: 'event', operator: '=', value: posted },
  ]);
}
