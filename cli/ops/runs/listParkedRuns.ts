import { type Column, formatTable } from '../../formatTable.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { formatCredits } from '../format/credits.ts';
import { duration } from '../format/duration.ts';
import { localTime } from '../format/localTime.ts';
import { shortRunId } from '../format/shortRunId.ts';
import type { Output } from '../output.ts';
import { laneName } from '../parking/laneName.ts';
import { type ParkedEntry, readParkedList } from '../parking/readParkedList.ts';

/** Which parked runs to list. */
export interface ListParkedOptions {
  readonly trigger?: string | undefined;
  readonly limit: number;
}

const columns: readonly Column[] = [
  { heading: 'place' },
  { heading: 'run' },
  { heading: 'trigger' },
  { heading: 'lane' },
  { heading: 'reason' },
  { heading: 'waits for', align: 'right' },
  { heading: 'ends at' },
  { heading: 'credits', align: 'right' },
];

/** Lists parked runs in the order of their places. @returns true */
export async function listParkedRuns(
  deployment: Deployment,
  { trigger, limit }: ListParkedOptions,
  nowMs: number,
  output: Output,
): Promise<boolean> {
  const found = await readParkedList(deployment, trigger, limit + 1);
  const runs = found.slice(0, limit);
  if (output.isJson) {
    output.lines(runs);
  } else if (runs.length === 0) {
    output.text(trigger === undefined ? 'No run is parked.' : `No run of ${trigger} is parked.`);
  } else {
    output.text(
      formatTable(
        columns,
        runs.map((run) => cells(run, nowMs)),
      ),
    );
  }
  if (found.length > limit) {
    output.note(`There are more than ${limit}: raise --limit, or name a trigger.`);
  }
  return true;
}

function cells(run: ParkedEntry, nowMs: number): readonly string[] {
  const { runId, trigger, lane, orderMs, endsAtMs, credits, sinceMs, reason = '' } = run;
  return [
    localTime(orderMs),
    shortRunId(runId),
    trigger,
    laneName(lane),
    reason,
    sinceMs === undefined ? '' : duration(nowMs - sinceMs),
    localTime(endsAtMs),
    formatCredits(credits),
  ];
}
