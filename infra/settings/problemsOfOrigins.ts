import { Duration } from 'aws-cdk-lib/core';
import type { AnyLookup } from '../../functions/lookups/anyLookup.ts';
import { sourceOf, sourcesOf } from '../../functions/triggers/sourcesOf.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { Settings } from './settings.ts';

/**
 * SendGrid sends an event again for up to 24 hours, and the receiver accepts its timestamp for 25. Source: SendGrid, "Event
 * Webhook", troubleshooting.
 */
const leastWindowOfSendGrid = Duration.hours(26);

/** Settings that do not fit the sources of the triggers, or what they look up, a sentence each. */
export function problemsOfOrigins(triggers: readonly Trigger[], settings: Settings): readonly string[] {
  return [
    ...problemsOfSendGrid(triggers, settings),
    ...problemsOfDeletes(triggers, settings),
    ...triggers.flatMap((trigger) => problemsOfSpace(trigger, settings)),
  ];
}

function problemsOfSendGrid(triggers: readonly Trigger[], { dedupeWindow }: Settings): readonly string[] {
  const names = triggers.filter((trigger) => sourceOf(trigger) === 'sendgrid').map(({ name }) => name);
  if (names.length === 0 || dedupeWindow.toMilliseconds() >= leastWindowOfSendGrid.toMilliseconds()) {
    return [];
  }
  return [
    `Setting dedupeWindow is ${dedupeWindow.toHumanString()}; give at least 26h. SendGrid sends an event again for up to ` +
      `24 hours, and its events start runs of ${names.join(', ')}.`,
  ];
}

/** Only Segment posts `delete` events. */
function problemsOfDeletes(triggers: readonly Trigger[], { honourDeletes }: Settings): readonly string[] {
  return honourDeletes && !sourcesOf(triggers).has('segment')
    ? [
        'Setting honourDeletes is true, but no trigger names the source segment. So Segment cannot post, and no `delete` ' +
          'event comes: add a trigger of Segment, or give honourDeletes=false and use `npm run ops -- forget`.',
      ]
    : [];
}

/** Such a lookup would fail in every run. */
function problemsOfSpace(trigger: Trigger, { segmentProfileSpace }: Settings): readonly string[] {
  if (segmentProfileSpace !== undefined) {
    return [];
  }
  const lookups = Object.entries(trigger.with ?? {}) as readonly (readonly [string, AnyLookup])[];
  return lookups
    .filter(([, lookup]) => lookup.kind === 'segmentProfile' && lookup.space === undefined)
    .map(
      ([name]) =>
        `trigger "${trigger.name}": its lookup ${name} names no space: give the setting segmentProfileSpace, or ` +
        'segmentProfile({ space: … }).',
    );
}
