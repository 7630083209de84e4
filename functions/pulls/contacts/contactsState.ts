import type { PeopleGroup } from '../groups/groupPeople.ts';
import { groupItem } from '../groups/groupPeople.ts';
import type { Step, Told } from '../pull.ts';
import type { SendgridContactsOptions } from './contactsOptions.ts';

/**
 * Stored: `find` and `poll`. The others are of one step, from one answer to the next; so the URLs, which open the file to
 * whoever has them, are stored nowhere.
 */
export type ContactsState =
  | { readonly at: 'sample' }
  | ({ readonly at: 'find' } & Exports)
  | ({ readonly at: 'started' } & Exports)
  | ({ readonly at: 'poll' } & Polled)
  | ({ readonly at: 'quantiles' | 'groups'; readonly urls: readonly string[] } & Polled);

export interface Exports {
  /** How many this pull has started. */
  readonly exports: number;
  /** Exports whose files could not be had: they are not used again. */
  readonly not?: readonly string[] | undefined;
}

export interface Polled extends Exports {
  readonly id: string;
  readonly polls: number;
  /** How often its URL had expired when the file was to be read. */
  readonly expired?: number | undefined;
}

export type ContactsStep = Step<ContactsState, PeopleGroup>;

/** Tells the groups, which is the end. */
export function toldGroups(
  groups: readonly PeopleGroup[],
  { changedBy }: SendgridContactsOptions,
): Told<ContactsState, PeopleGroup> {
  return { events: groups.map((one) => groupItem('Contacts Grouped', one, changedBy)) };
}
