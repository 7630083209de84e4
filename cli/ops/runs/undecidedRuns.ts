import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { approvalLane } from '../../../functions/ledger/parkedIndex.ts';
import { ParkedRuns } from '../../../functions/ledger/parkedRuns.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { visitRuns } from '../ledger/queryRuns.ts';
import { lanesOfTrigger, selectedPages } from '../parking/laneSelection.ts';
import { lookBackMs } from './findRun.ts';

/**
 * The runs of a trigger that an operator may decide about: those that are parked for approval, or with `all` every run that
 * is parked or waits. It may take a few minutes for a million runs.
 */
export async function undecidedRuns(
  deployment: Deployment,
  trigger: string,
  all: boolean,
  nowMs: number,
): Promise<readonly string[]> {
  const parkedRuns = new ParkedRuns(new LedgerTable(deployment.dynamodb, deployment.tableName));
  const lanes = all ? lanesOfTrigger(trigger) : [{ lane: approvalLane, trigger }];
  const found = new Set<string>();
  const streams = lanes.flatMap((lane) => selectedPages(parkedRuns, lane));
  await Promise.all(
    streams.map(async (pages) => {
      for await (const page of pages) {
        for (const { runId } of page) {
          found.add(runId);
        }
      }
    }),
  );
  if (all) {
    // Those that wait in a queue.
    const filter = { sinceMs: nowMs - lookBackMs, trigger, states: ['waiting'] };
    await visitRuns(deployment, filter, nowMs, ({ runId }) => found.add(runId));
  }
  return [...found];
}
