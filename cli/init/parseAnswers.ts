import { eventNames } from '../../functions/sources/sendgrid/toEvent.ts';
import { type SourceName, sourceNames } from '../../functions/sources/source.ts';
import { closestName } from '../../functions/triggers/closestName.ts';
import { parseDuration } from '../../functions/triggers/duration.ts';
import { filterOf } from './filterOf.ts';
import { InitError } from './initError.ts';
import { type NewAction, newActions, type WatchedEvent, watchedSources } from './newTrigger.ts';

/** What says that there is no limit. */
const none = 'none';

/** The cooldown if none is given. */
export const usualCooldown = '24h';

/** Sources, separated by commas. @throws InitError */
export function parseSources(text: string): readonly SourceName[] {
  return [...new Set(text.split(',').map((name) => oneOf('source', name.trim().toLowerCase(), sourceNames)))];
}

/**
 * An event: its name, or `sendgrid:` and its name for one of another source.
 *
 * @param usual the source of a name without one
 * @throws InitError
 */
export function parseEvent(text: string, usual: SourceName): WatchedEvent {
  const [, named, rest = ''] = /^(segment|sendgrid|segops):(.*)$/s.exec(text) ?? [];
  const source = (named ?? usual) as SourceName;
  const given = (named === undefined ? text : rest).trim();
  const name = source === 'sendgrid' ? oneOf('event of SendGrid', given, sendGridNames) : given;
  // It refuses a name that no filter can hold.
  filterOf({ source, name });
  return { source, name };
}

const sendGridNames: readonly string[] = [...new Set(Object.values(eventNames))];

/** The events of each source: those that are named, and the usual one of a source for which none is named. */
export function watchedEvents(
  sources: readonly SourceName[],
  named: readonly WatchedEvent[],
): readonly WatchedEvent[] {
  const all = [...new Set([...sources, ...named.map(({ source }) => source)])];
  return (all.length === 0 ? (['segment'] as const) : all).flatMap((source) => {
    const own = named.filter((event) => event.source === source);
    const unique = [...new Map(own.map((event) => [event.name, event])).values()];
    return unique.length > 0 ? unique : [{ source, name: watchedSources[source].usualEvent }];
  });
}

/** @throws InitError */
export function parseAction(text: string): NewAction {
  return oneOf('action', text.trim(), Object.keys(newActions) as NewAction[]);
}

/** A duration such as `24h`; `undefined` for `none`. @throws InitError */
export function parseCooldown(text: string): string | undefined {
  const given = text.trim();
  if (given !== none && parseDuration(given) === undefined) {
    throw new InitError(`The cooldown ${shown(given)} is not a length of time: write 90m, 24h, 7d or none.`);
  }
  return given === none ? undefined : given;
}

/** Whole credits; `undefined` for `none`. @throws InitError */
export function parseBudget(text: string): number | undefined {
  const given = text.trim().replace(/(?<=\d)[,_](?=\d{3}\b)/g, '');
  if (given !== none && !/^[1-9]\d{0,8}$/.test(given)) {
    throw new InitError(`The budget ${shown(given)} is not a number of credits: write 1000, or none.`);
  }
  return given === none ? undefined : Number(given);
}

function oneOf<Name extends string>(what: string, given: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === given) ?? names.find((name) => isSame(name, given));
  if (found === undefined) {
    const closest = closestName(given, names);
    const meant = closest === undefined ? '' : ` Did you mean ${closest}?`;
    throw new InitError(`There is no ${what} ${shown(given)}.${meant} Take one of: ${names.join(', ')}.`);
  }
  return found;
}

function isSame(name: string, given: string): boolean {
  return name.toLowerCase() === given.toLowerCase();
}

function shown(text: string): string {
  return JSON.stringify(text);
}
