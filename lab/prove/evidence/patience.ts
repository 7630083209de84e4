import { type Activity, hasMoved, isOver, wakesAtMs } from './activity.ts';

/** How long the end of all work is waited for. The machine may be busy with other work: slow is not lost. */
export interface Patience {
  /** So long at least. */
  readonly usualMs: number;
  /** Then for as long as something moves or will move: given up after so long without any change. */
  readonly stillMs: number;
  /** Whatever happens, not longer: what goes round in circles moves too. */
  readonly mostMs: number;
}

/** What was seen of a system so far. */
export interface Watching {
  readonly last: Activity;
  /** The time in which it was watched. A pause of this process itself counts as little. */
  readonly watchedMs: number;
  /** Of that, the time since something last moved. */
  readonly stillMs: number;
}

/** A longer gap between two looks is a pause of this process, in which nobody looked. */
const longestGapMs = 2_000;

/** What is known after a further look. */
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
 * - `not finished`: it was given its time, and nothing has moved for long, or it goes round in circles
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
