import { createHash } from 'node:crypto';
import type { SegmentEvent } from '../sources/segment/event.ts';
import type { SourceName } from '../sources/source.ts';

/** What tells one delivery of an event from another. */
export interface EventIdentity {
  readonly source: SourceName;
  /** One mapping at Segment is one route, and each mapping sends its own copy of an event. */
  readonly route: string;
  readonly messageId: string | undefined;
  /** The event as it came, for when it has no message id. */
  readonly element: unknown;
}

/**
 * The part of an event's identity that its sender chose: the message id, or else the event's canonical JSON
 * (members in order of their names).
 *
 * @throws RangeError when an event without a message id is nested too deeply to be written
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
 * Group of a queue message: one user's runs share it, so that no user can hold up the others'; the events of
 * nobody share one.
 */
export function fairnessGroup(event: SegmentEvent): string {
  return digest(['user', event.userId ?? event.anonymousId ?? event.groupId ?? '']);
}

/** Key of the last run of a trigger for a key of its cooldown. */
export function cooldownKey(trigger: string, key: string): string {
  return `cooldown#${digest([trigger, key])}`;
}

/** Key of the thread or persona that a trigger keeps for a key. */
export function keptKey(trigger: string, key: string): string {
  return `kept#${digest([trigger, key])}`;
}

/** Key of the events that a trigger gathers for a key. */
export function collectionKey(trigger: string, key: string): string {
  return `collection#${digest([trigger, key])}`;
}

/** JSON keeps the parts apart whatever they contain. */
function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

function membersInOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
