import { type Activity, hasMoved, isOver, wakesAtMs } from './activity.ts';

/** How long to wait for the end of all work. The machine may be busy with other work: slow is not lost. */
export interface Patience {
  /** The time that is always given. */
  readonly usualMs: number;
  /** After that, waiting goes on while something moves or will move. It ends after so long without any change. */
  readonly stillMs: number;
  /** The longest time. A run that goes round in circles moves too. */
  readonly mostMs: number;
}

/** What was seen of a system so far. */
export interface Watching {
  readonly last: Activity;
  /** How long it was watched. A pause of the watching process does not count. */
  readonly watchedMs: number;
  /** The part of it since the last change. */
  readonly stillMs: number;
}

/** A longer gap between two looks is a pause of the watching process. */
const longestGapMs = 2_000;

/** Adds a look. */
export function watched(before: Watching | undefined, activity: Activity): Watching {
  if (before === undefined) {
    return { last: activity, watchedMs: 0, stillMs: 0 };
  }
  const gapMs = Math.min(activity.atMs - before.last.atMs, longestGapMs);
  return {
    last: activity,
    watchedMs: before.watchedMs + gapMs,
    stillMs: hasMoved(before.last, activity) ? 0 : before.stillMs + gapMs,
  };
}

/**
 * - `over`: nothing will change any more
 * - `wait`: it may still end well
 * - `not finished`: the time is over, and nothing has moved for long or it goes round in circles
 */
export function verdictOn({ last, watchedMs, stillMs }: Watching, patience: Patience): Verdict {
  if (isOver(last)) {
    return 'over';
  }
  const willMove = stillMs < patience.stillMs || last.open.some((item) => wakesAtMs(item) > last.atMs);
  const mayWait = watchedMs < patience.usualMs || (willMove && watchedMs < patience.mostMs);
  return mayWait ? 'wait' : 'not finished';
}

export type Verdict = 'over' | 'wait' | 'not finished';
