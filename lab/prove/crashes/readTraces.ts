import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import type { DeliveryOutcome } from '../../../simulators/segment/sendToWebhook.ts';
import { describeItem } from '../evidence/activity.ts';
import type { Settled } from '../evidence/settle.ts';
import { workDone } from '../evidence/workDone.ts';
import { type CrashCase, keysOf } from './crashCase.ts';
import type { CrashSystem } from './crashSystem.ts';
import type { CaseTraces } from './judgeCase.ts';

/** Reads what all cases left at Mavera and in the ledger. */
export async function readTraces(
  { system, mavera }: CrashSystem,
  outcomes: ReadonlyMap<CrashCase, DeliveryOutcome>,
  settled: Settled,
): Promise<ReadonlyMap<CrashCase, CaseTraces>> {
  const cases = [...outcomes.keys()].map((crashCase) => ({ crashCase, keys: keysOf(crashCase) }));
  const items = await new LedgerTable(system.clients.dynamodb, system.resources.tableName).read(
    cases.flatMap(({ keys }) => keys.flatMap(({ claimKey, runId }) => [claimKey, `run#${runId}`])),
  );
  const done = workDone(mavera);
  const nowMs = Date.now();
  return new Map(
    cases.map(({ crashCase, keys }) => {
      const events = keys.map(({ messageId, claimKey, runId }) => {
        const run = items.get(`run#${runId}`);
        const claim = items.get(claimKey);
        return {
          messageId,
          timesDone: done.get(messageId) ?? 0,
          runState: run?.state?.S,
          runReason: run?.reason?.S,
          claimState: claim?.state?.S,
          waitsFor: waitsFor(settled, [`run#${runId}`, claimKey], nowMs, run?.state?.S),
          claimLeaseMs: Number(claim?.leaseUntilMs?.N ?? 0) - nowMs,
        };
      });
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
