import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import type { DeliveryOutcome } from '../../../simulators/segment/sendToWebhook.ts';
import { describeItem } from '../evidence/activity.ts';
import type { Settled } from '../evidence/settle.ts';
import { workDone } from '../evidence/workDone.ts';
import { type CrashCase, type EventKeys, keysOf } from './crashCase.ts';
import type { CrashSystem } from './crashSystem.ts';
import { mayLoseAnswer } from './fault.ts';
import type { CaseTraces, EventTraces } from './judgeCase.ts';

/** Reads what all cases left at Mavera and in the ledger. */
export async function readTraces(
  { system, mavera, segops, saboteur }: CrashSystem,
  outcomes: ReadonlyMap<CrashCase, DeliveryOutcome>,
  settled: Settled,
): Promise<ReadonlyMap<CrashCase, CaseTraces>> {
  const cases = [...outcomes.keys()].map((crashCase) => ({ crashCase, keys: keysOf(crashCase) }));
  const items = await new LedgerTable(system.clients.dynamodb, system.resources.tableName).read(
    cases.flatMap(({ keys }) =>
      keys.flatMap(({ claimKey, runId, follower }) => [
        claimKey,
        `run#${runId}`,
        ...(follower === undefined ? [] : [`run#${follower.runId}`]),
      ]),
    ),
  );
  const done = workDone(mavera);
  const nowMs = Date.now();
  return new Map(
    cases.map(({ crashCase, keys }) => {
      const tracesOf = (marker: string, runId: string, claimKey?: string): EventTraces => {
        const run = items.get(`run#${runId}`);
        const claim = claimKey === undefined ? undefined : items.get(claimKey);
        const open = [`run#${runId}`, ...(claimKey === undefined ? [] : [claimKey])];
        return {
          messageId: marker,
          timesDone: done.get(marker) ?? 0,
          runState: run?.state?.S,
          runReason: run?.reason?.S,
          claimState: claim?.state?.S,
          waitsFor: waitsFor(settled, open, nowMs, run?.state?.S),
          claimLeaseMs: Number(claim?.leaseUntilMs?.N ?? 0) - nowMs,
        };
      };
      const reported = segops.receivedByRun();
      const events = keys.flatMap(({ messageId, claimKey, runId, follower }: EventKeys) => [
        {
          ...tracesOf(messageId, runId, claimKey),
          ...(crashCase.scenario.isReported === true && {
            reported: {
              times: reported.get(runId) ?? 0,
              callsCounted: Number(items.get(`run#${runId}`)?.segopsReportSends?.N ?? 0),
              answersLost: answersLost(crashCase, saboteur),
            },
          }),
        },
        ...(follower === undefined ? [] : [tracesOf(follower.marker, follower.runId)]),
      ]);
      const { parked } = crashCase.scenario;
      const endedBy = parked === 'denied' || parked === 'cancelled' ? parked : undefined;
      return [crashCase, { delivered: outcomes.get(crashCase) ?? 'stopped', events, endedBy }];
    }),
  );
}

/** Without a run item, the event may still be in the queue. */
function waitsFor(
  settled: Settled,
  keys: readonly string[],
  nowMs: number,
  runState: string | undefined,
): string | undefined {
  if (settled.isOver) {
    return undefined;
  }
  const open = keys.flatMap((key) => settled.open.get(key) ?? []);
  const isOpen = open.length > 0 || runState === undefined;
  return isOpen
    ? [...open.map((item) => describeItem(item, nowMs)), `the system waits for ${settled.waitsFor}`].join(
        '; ',
      )
    : undefined;
}

/**
 * How often a report may come again: once for each fault that has lost an answer, or the process that waited for one or
 * was to note it.
 */
function answersLost({ id, points }: CrashCase, saboteur: CrashSystem['saboteur']): number {
  return saboteur.metBy(id) === 0 ? 0 : points.filter(({ fault }) => mayLoseAnswer(fault)).length;
}
