import type { SourceName } from '../sources/source.ts';
import type { Trigger } from './trigger.ts';

type Origin = Pick<Trigger, 'source' | 'from' | 'after'>;

/**
 * The system that the events of a trigger come from: the source that posts them, or the system that they are pulled from; of
 * a trigger that follows others, that of the first one.
 */
export function sourceOf({ source = 'segment', from, after }: Origin): SourceName {
  return after === undefined ? (from?.source ?? source) : sourceOf(after);
}

/** Whether a trigger's events are posted, and not pulled; of a trigger that follows others, those of the first one. */
export function isPosted({ from, after }: Origin): boolean {
  return after === undefined ? from === undefined : isPosted(after);
}

/**
 * The sources that the triggers name: only these are open. Segment is open without any trigger too, so that a new
 * deployment can be connected first.
 */
export function sourcesOf(triggers: readonly Trigger[]): ReadonlySet<SourceName> {
  return triggers.length === 0 ? new Set(['segment']) : new Set(triggers.filter(isPosted).map(sourceOf));
}
