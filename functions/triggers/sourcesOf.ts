import type { SourceName } from '../sources/source.ts';
import type { Trigger } from './trigger.ts';

/** The source whose events start a trigger's runs; of a trigger that follows others, the source of the first one. */
export function sourceOf({ source = 'segment', after }: Pick<Trigger, 'source' | 'after'>): SourceName {
  return after === undefined ? source : sourceOf(after);
}

/**
 * The sources that the triggers name: only these are open. Segment is open without any trigger too, so that a new
 * deployment can be connected first.
 */
export function sourcesOf(triggers: readonly Trigger[]): ReadonlySet<SourceName> {
  return triggers.length === 0 ? new Set(['segment']) : new Set(triggers.map(sourceOf));
}
