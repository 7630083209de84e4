import type { SourceName } from '../../functions/sources/source.ts';
import { InitError } from './initError.ts';

/** The actions that a new trigger can have, with what a run costs, in words and as the usual budget of a month. */
export const newActions = {
  askMave: { does: 'asks Mave a question, about 50 credits', monthlyCredits: 1_000 },
  createPersona: { does: 'creates a persona, 300 credits', monthlyCredits: 1_500 },
  updatePersona: {
    does: 'keeps a persona for each customer, 300 credits for the first event and then 0',
    monthlyCredits: 1_500,
  },
  runFocusGroup: { does: 'asks a focus group, about 200 credits', monthlyCredits: 1_000 },
} as const;

/** An action that a new trigger can have. */
export type NewAction = keyof typeof newActions;

/** The sources that can be watched, with the event that is watched if none is named. */
export const watchedSources = {
  segment: { title: 'Segment', usualEvent: 'churn_signal' },
  sendgrid: { title: 'SendGrid', usualEvent: 'Email Link Clicked' },
  segops: { title: 'SegOps', usualEvent: 'all' },
} as const satisfies Record<SourceName, { readonly title: string; readonly usualEvent: string }>;

/** An event that is to be watched. */
export interface WatchedEvent {
  readonly source: SourceName;
  /** The name of the event; of SegOps, the name of a segment, or `all`. */
  readonly name: string;
}

/** A trigger that `init` writes. */
export interface NewTrigger {
  readonly name: string;
  readonly watched: WatchedEvent;
  readonly action: NewAction;
  /** Such as `24h`; `undefined` for none. */
  readonly cooldown: string | undefined;
  /** Credits a month; `undefined` for none. */
  readonly budget: number | undefined;
}

/** What the triggers of a new app have in common. */
export type TriggerLimits = Pick<NewTrigger, 'action' | 'cooldown' | 'budget'>;

/** Makes a trigger of each event. Their names derive from those of the events, and differ. */
export function newTriggers(events: readonly WatchedEvent[], limits: TriggerLimits): readonly NewTrigger[] {
  const taken = new Set<string>();
  return events.map((watched) => {
    const name = freeName(nameOf(watched), taken);
    taken.add(name);
    return { name, watched, ...limits };
  });
}

const longestName = 64;

/** A name of 1 to 64 of a-z, 0-9 and `-`. */
function nameOf({ source, name }: WatchedEvent): string {
  const words = source === 'segops' ? (name === 'all' ? 'segment recomputed' : `segment ${name}`) : name;
  const plain = words
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    // churnSignal becomes churn-signal.
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longestName)
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'event' : plain;
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count += 1) {
    const ending = count === 1 ? '' : `-${count}`;
    const name = `${wanted.slice(0, longestName - ending.length)}${ending}`;
    if (!taken.has(name)) {
      return name;
    }
  }
}

/**
 * Refuses a name that the filter of a trigger cannot hold.
 *
 * @throws InitError
 */
export function checkEventName(name: string): string {
  const shown = JSON.stringify(name);
  if (name.trim() === '') {
    throw new InitError(
      'The name of an event is empty: give the name as it stands in Segment, such as churn_signal.',
    );
  }
  if (name.includes('"')) {
    throw new InitError(
      `The event ${shown} has a double quote in its name, which no filter of Segment can compare. Take another event, and write this filter by hand in triggers.ts: it can use match() or contains().`,
    );
  }
  if (name.endsWith('\\')) {
    throw new InitError(
      `The event ${shown} ends with a backslash: Segment's filters read it as part of the quote that follows.`,
    );
  }
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name)) {
    throw new InitError(`The event ${shown} has a line break or another control character in its name.`);
  }
  if (name.length > 200) {
    throw new InitError(`The event ${shown.slice(0, 40)}… has a name of more than 200 characters.`);
  }
  return name;
}
