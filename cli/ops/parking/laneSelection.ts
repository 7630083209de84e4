import { approvalLane, notBeforeLane } from '../../../functions/ledger/parkedIndex.ts';
import type { ParkedRun } from '../../../functions/ledger/parkedItem.ts';
import type { ParkedRuns } from '../../../functions/ledger/parkedRuns.ts';

/** Runs a page that are read of each shard of a lane. */
const pageSize = 500;

/** The runs of a lane, or of one trigger in a lane that all triggers share. */
export interface LaneSelection {
  readonly lane: string;
  /** Only its runs; absent for all of the lane. */
  readonly trigger?: string | undefined;
}

/** The lanes that have runs of a trigger: its own, and those that all triggers share. */
export function lanesOfTrigger(trigger: string): readonly LaneSelection[] {
  return [{ lane: trigger }, { lane: notBeforeLane, trigger }, { lane: approvalLane, trigger }];
}

/** Pages of the selected runs: a stream for each shard of the lane. */
export function selectedPages(
  parkedRuns: ParkedRuns,
  { lane, trigger }: LaneSelection,
): readonly AsyncGenerator<readonly ParkedRun[], void>[] {
  const pages = parkedRuns.inPages(lane, pageSize);
  return trigger === undefined ? pages : pages.map((stream) => onlyOf(trigger, stream));
}

/** How many runs are selected, by the index. It reads the whole lane: about 20,000 read units for a million runs. */
export async function countSelected(parkedRuns: ParkedRuns, selection: LaneSelection): Promise<number> {
  if (selection.trigger === undefined) {
    return await parkedRuns.count(selection.lane);
  }
  const counts = await Promise.all(
    selectedPages(parkedRuns, selection).map(async (pages) => {
      let count = 0;
      for await (const page of pages) {
        count += page.length;
      }
      return count;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function* onlyOf(
  trigger: string,
  pages: AsyncGenerator<readonly ParkedRun[], void>,
): AsyncGenerator<readonly ParkedRun[], void> {
  for await (const page of pages) {
    yield page.filter((run) => run.trigger === trigger);
  }
}
