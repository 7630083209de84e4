import { readEntry } from '../ledger/collectedEvents.ts';
import type { LedgerItem } from '../ledger/ledgerTable.ts';
import type { ForgottenUsers } from './forgottenUsers.ts';
import type { OpenPull } from './pullStates.ts';

/** An event in the ledger, and the forgotten user whom it is about, if any. */
export interface FoundEvent {
  readonly event: unknown;
  readonly user: string | undefined;
}

/** An event of a collection, and the keys of the items that hold it: one, or several parts. */
export interface CollectedEvent extends FoundEvent {
  readonly keys: readonly string[];
}

/** What one scan finds of users. */
export interface UserData {
  /** The pulls at work whose state names users. */
  readonly pulls: readonly OpenPull[];
  /** Run id → the item of each run that is a user's, or that was made for an event of a user. */
  readonly runs: ReadonlyMap<string, LedgerItem>;
  /** Run id → all events of the run; only runs with an event of a user. */
  readonly details: ReadonlyMap<string, readonly FoundEvent[]>;
  /** The events of users that wait in a collection, were collected, or are kept with the last result of an item. */
  readonly collected: readonly CollectedEvent[];
  /** Key → user of each value that was looked up for a user, or that names a user, and of what pulls know of a user. */
  readonly lookups: ReadonlyMap<string, string>;
  /** Key of what an occurrence of a pull has seen → id of each item of a user → user. */
  readonly seen: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Key → user of each part of a large event of which other parts are missing. */
  readonly tornParts: ReadonlyMap<string, string>;
  /** Run id → the keys of the parts of its parked message, also of those that a crash has left behind. */
  readonly parkedParts: ReadonlyMap<string, readonly string[]>;
}

/** The events in a JSON array; none if it cannot be read. */
export function eventsIn(json: string | undefined, users: ForgottenUsers): readonly FoundEvent[] {
  try {
    const events: unknown = json === undefined ? [] : JSON.parse(json);
    return Array.isArray(events)
      ? events.map((entry) => {
          const { event } = readEntry(entry);
          return { event, user: users.ofEvent(event) };
        })
      : [];
  } catch {
    return [];
  }
}
