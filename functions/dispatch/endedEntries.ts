import type { ParkedEntry } from './lane.ts';

/** The parked runs of one lane. Runs end while their lane is blocked, too: a pause does not stop their time. */
export interface EndingLane {
  readonly trigger: string;
  readonly entries: readonly ParkedEntry[];
  /** Its trigger is not in the triggers file: the runner ends all of its runs. @default false */
  readonly isRemoved?: boolean | undefined;
  /** The runner skips runs that cost more, because the budget of their trigger is spent. @default none */
  readonly skipsAboveCredits?: number | undefined;
}

/** A parked run that the runner ends. */
export interface EndedEntry {
  readonly runId: string;
  readonly number: number;
  readonly trigger: string;
}

/** By how much the runner's clock may be behind. */
const clockToleranceMs = 2_000;

/**
 * The parked runs that need no slot, because the runner only ends them: those whose time is over, those of a removed
 * trigger, and those that their trigger skips because its budget is spent.
 *
 * @param atMost how many go at once; those whose time ended first come first
 */
export function endedEntries(
  lanes: readonly EndingLane[],
  { nowMs, atMost }: { readonly nowMs: number; readonly atMost: number },
): readonly EndedEntry[] {
  const ended = lanes.flatMap((lane) =>
    lane.entries.filter((entry) => hasEnded(entry, lane, nowMs)).map((entry) => ({ lane, entry })),
  );
  const byRun = new Map(ended.map((one) => [one.entry.runId, one]));
  return [...byRun.values()]
    .sort((one, other) => one.entry.endsAtMs - other.entry.endsAtMs)
    .slice(0, atMost)
    .map(({ lane: { trigger }, entry: { runId, number } }) => ({ runId, number, trigger }));
}

function hasEnded(
  { endsAtMs, credits }: ParkedEntry,
  { isRemoved = false, skipsAboveCredits = Number.POSITIVE_INFINITY }: EndingLane,
  nowMs: number,
): boolean {
  const isSkipped = credits > 0 && credits > skipsAboveCredits;
  return isRemoved || isSkipped || nowMs > endsAtMs + clockToleranceMs;
}
