import {
  type CountedNames,
  type Counters,
  countEvent,
  readCounters,
  sortedTally,
} from '../ledger/counters.ts';
import type { SegmentEvent } from '../sources/segment/event.ts';
import type { CollectTally, Tally } from '../triggers/trigger.ts';

/** The most names of one event. */
const mostNamesOfEvent = 20;
const longestName = 64;

/**
 * What an event counts as. A name that is too long or looks personal counts as `other`: a tally is kept and shown without
 * regard to who is in it.
 *
 * @throws what the trigger's function throws, and TypeError if it returns something that is not a name
 */
export function countedNames(tally: CollectTally['tally'], event: SegmentEvent): CountedNames {
  const returned: unknown = tally(event) ?? [];
  const names: readonly unknown[] = Array.isArray(returned) ? returned : [returned];
  const different = new Set(names.map(nameOf).filter((name) => name !== ''));
  const first = [...different].slice(0, mostNamesOfEvent);
  const countable = first.filter((name) => name.length <= longestName && !isPersonal(name, event));
  return { names: countable, isBeyond: countable.length < different.size };
}

function nameOf(name: unknown): string {
  if (name instanceof Promise) {
    // Otherwise its failure would end the process.
    name.catch(() => undefined);
  }
  if (typeof name !== 'string') {
    const type = name instanceof Promise ? 'promise' : typeof name;
    throw new TypeError(
      `what an event counts as has to be a string or a list of strings, and it is a ${type}`,
    );
  }
  return name.toWellFormed().trim();
}

function isPersonal(name: string, { userId, anonymousId }: SegmentEvent): boolean {
  return (
    name.includes('@') ||
    [userId, anonymousId].some((id) => id !== undefined && id !== '' && name.includes(id))
  );
}

/** What the builder of a trigger that tallies is given. */
export interface TallyGiven {
  readonly tally: Tally;
  readonly counted: number;
}

/** Counts events that were kept. */
export function countAll(tally: CollectTally['tally'], events: readonly SegmentEvent[]): TallyGiven {
  const counters = events.reduce((all, event) => countEvent(all, countedNames(tally, event)), readCounters());
  return tallyGiven(counters, events.length);
}

/** The counters as the builder is given them. */
export function tallyGiven(counters: Counters, counted: number): TallyGiven {
  return { tally: sortedTally(counters), counted };
}
