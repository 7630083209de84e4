import { createHash } from 'node:crypto';
import type { SourceName } from '../sources/source.ts';

/** What tells one event from another. */
export interface EventIdentity {
  readonly source: SourceName;
  /** One mapping at Segment is one route, and each mapping sends its own copy of an event. */
  readonly route: string;
  readonly messageId: string | undefined;
  /** The event as it came, in case it has no message id. */
  readonly element: unknown;
}

/**
 * The part of an event's identity that its sender chose: the message id, or the event's canonical JSON (members in the
 * order of their names) when it has none.
 *
 * @throws RangeError when an event without a message id is nested too deeply for JSON
 */
export function messageKey(identity: EventIdentity): string {
  return identity.messageId === undefined
    ? `json:${JSON.stringify(identity.element, membersInOrder)}`
    : `id:${identity.messageId}`;
}

/** Key of the claim on an event: `claim#` and 40 hex characters. */
export function claimKey(identity: EventIdentity, message: string): string {
  return `claim#${digest([identity.source, identity.route, message])}`;
}

/** Id of the run of one trigger for one event: 40 hex characters, the same on every delivery. */
export function runIdFor(identity: EventIdentity, message: string, trigger: string): string {
  return digest([identity.source, identity.route, message, trigger]);
}

/**
 * Id of the run that follows a run: 40 hex characters. A run that is made again by a redrive is followed again.
 *
 * @param redrive nonce of the followed run's last redrive
 * @param trigger name of the trigger that follows
 */
export function followerRunId(runId: string, redrive: string | undefined, trigger: string): string {
  return digest(['after', runId, redrive ?? '', trigger]);
}

/** Key of a value that was looked up: it is the same for all runs that ask the same. */
export function lookupKey(lookup: string): string {
  return `lookup#${digest([lookup])}`;
}

/** Tells the looked-up values of a user from those of others, without holding the id. */
export function lookupUser(userId: string): string {
  return digest(['user', userId]);
}

/** Key of the cooldown of a trigger for a key. */
export function cooldownKey(trigger: string, key: string): string {
  return `cooldown#${digest([trigger, key])}`;
}

/** Key of the newest event that cancels the runs of a trigger for a key. */
export function cancelKey(trigger: string, key: string): string {
  return `cancel#${digest([trigger, key])}`;
}

/** Key of the thread or persona that a trigger keeps for a key. */
export function keptKey(trigger: string, key: string): string {
  return `kept#${digest([trigger, key])}`;
}

/** Before the key of a tally: it tells a collection that counts from one that keeps events. */
const tallyPrefix = 'tally#';

/** Key of the counters that a trigger keeps for a key. */
export function tallyKey(trigger: string, key: string): string {
  return `${tallyPrefix}${digest([trigger, key])}`;
}

/** Whether a collection of this key counts its events. */
export function isTallyKey(collectionKey: string): boolean {
  return collectionKey.startsWith(tallyPrefix);
}

/** Key of the events that a trigger collects for a key. */
export function collectionKey(trigger: string, key: string): string {
  return `collection#${digest([trigger, key])}`;
}

/** Key of where the pull of a trigger stands. */
export function pullKey(trigger: string): string {
  return `pull#${trigger}`;
}

/** Key of one occurrence of a pull. */
export function occurrenceKey(trigger: string, occurrence: string): string {
  return `occurrence#${digest([trigger, occurrence])}`;
}

/** Tells an item of a pull from its others, each time that it is pulled: 40 hex characters. */
export function pulledItemId(trigger: string, item: string): string {
  return digest([trigger, item]);
}

/** Key of what a pull has last queued of an item. */
export function pulledKey(trigger: string, item: string): string {
  return `pulled#${pulledItemId(trigger, item)}`;
}

/** Key of the items that an occurrence of a pull has seen. */
export function seenKey(trigger: string, occurrence: string): string {
  return `seen#${digest([trigger, occurrence])}`;
}

/**
 * Key of the last result of an item that a trigger has collected.
 *
 * @param pulledItem from {@link pulledItemId}
 */
export function lastResultKey(trigger: string, pulledItem: string): string {
  return `lastResult#${digest([trigger, pulledItem])}`;
}

/** The message id of an item's event: the same each time that an occurrence finds the item. */
export function pulledMessageId(trigger: string, item: string, occurrence: string): string {
  return `pull-${digest([trigger, item, occurrence])}`;
}

/** Key of the calls that were made of a quota in a UTC month, such as `2026-11`. */
export function quotaKey(quota: string, of: string, month: string): string {
  return `quota#${digest([quota, of, month])}`;
}

/** Digest of a value, whatever the order of its members. */
export function valueDigest(value: unknown): string {
  return digest([JSON.stringify(value, membersInOrder) ?? '']);
}

/** JSON keeps the parts apart, whatever characters they have. */
function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

function membersInOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
