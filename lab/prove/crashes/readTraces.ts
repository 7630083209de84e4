import { readItems } from '../../../functions/ledger/sharedState.ts';
import type { DeliveryOutcome } from '../../../simulators/segment/sendToWebhook.ts';
import { workDone } from '../evidence/workDone.ts';
import { type CrashCase, keysOf } from './crashCase.ts';
import type { CrashSystem } from './crashSystem.ts';
import type { CaseTraces } from './judgeCase.ts';

/** Reads what all the cases have left at Mavera and in the ledger. */
export async function readTraces(
  { system, mavera }: CrashSystem,
  outcomes: ReadonlyMap<CrashCase, DeliveryOutcome>,
): Promise<ReadonlyMap<CrashCase, CaseTraces>> {
  const cases = [...outcomes.keys()].map((crashCase) => ({ crashCase, keys: keysOf(crashCase) }));
  const items = await readItems(
    system.clients.dynamodb,
    system.resources.tableName,
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
          claimLeaseMs: Number(claim?.leaseUntilMs?.N ?? 0) - nowMs,
        };
      });
      return [crashCase, { delivered: outcomes.get(crashCase) ?? 'stopped', events }];
    }),
  );
}
