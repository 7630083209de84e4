import { setTimeout as sleep } from 'node:timers/promises';
import { mapConcurrently } from '../../../functions/aws/mapConcurrently.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { toRunState } from '../../../functions/ledger/runState.ts';
import type { EnvironmentPool } from '../../../local/lambda/environmentPool.ts';
import { type DeliveryOutcome, sendToWebhook } from '../../../simulators/segment/sendToWebhook.ts';
import { type CrashCase, keysOf } from './crashCase.ts';
import type { CrashSystem } from './crashSystem.ts';
import { payloadOf } from './scenario.ts';

/** Segment's waits between attempts, in a tenth of their time. */
const timeScale = 0.1;
/** A dead lease, and what a run usually does after it; one that waits for longer goes on beside the next case. */
const longestCaseMs = 40_000;

const lookEveryMs = 200;

/**
 * Sends what the cases are about, many at once, as Segment does: again after 5xx and when there is no answer, batches
 * mixed anew each time.
 */
export async function sendCases(
  system: CrashSystem,
  cases: readonly CrashCase[],
  atOnce: number,
  onSent: () => void,
): Promise<ReadonlyMap<CrashCase, DeliveryOutcome>> {
  const outcomes = new Map<CrashCase, DeliveryOutcome>();
  const sendSome = (some: readonly CrashCase[], limit: number): Promise<unknown> =>
    mapConcurrently(some, limit, async (crashCase) => {
      outcomes.set(crashCase, await send(system, crashCase));
      if (crashCase.scenario.atOnce !== undefined) {
        await ended(system, crashCase);
      }
      onSent();
    });
  // Those of few at once first: behind a backlog each of their steps would wait for its turn.
  const limits = [...new Set(cases.map(({ scenario }) => scenario.atOnce ?? atOnce))].sort((a, b) => a - b);
  for (const limit of limits) {
    const some = cases.filter(({ scenario }) => (scenario.atOnce ?? atOnce) === limit);
    await sendSome(some, limit);
  }
  return outcomes;
}

async function send({ system, saboteur }: CrashSystem, crashCase: CrashCase): Promise<DeliveryOutcome> {
  const { isCold, victim } = crashCase.scenario;
  saboteur.add(crashCase);
  if (isCold === true) {
    await endAll(system[victim]);
  }
  const { outcome } = await sendToWebhook({
    url: system.segmentUrl,
    payload: payloadOf(crashCase.id, crashCase.scenario),
    secret: system.sharedSecret,
    remixBatches: true,
    retry: { timeScale, greatestDelayMs: 60_000 },
  });
  return outcome;
}

/** Waits until the runs of a case are at their end, or for as long as most take. */
async function ended({ system, saboteur }: CrashSystem, crashCase: CrashCase): Promise<void> {
  const keys = keysOf(crashCase).map(({ runId }) => `run#${runId}`);
  const giveUpAtMs = Date.now() + longestCaseMs;
  for (;;) {
    const items = await new LedgerTable(system.clients.dynamodb, system.resources.tableName).read(keys);
    const states = keys.map((key) => toRunState(items.get(key)?.state?.S ?? 'waiting'));
    const isOver = states.every((state) => state !== 'waiting' && state !== 'calling');
    // Whose the call was is known by then; the run itself may have to wait for a minute.
    const isMet = crashCase.scenario.isCold === true && saboteur.metBy(crashCase.id) > 0;
    if (isOver || isMet || Date.now() > giveUpAtMs) {
      return;
    }
    await sleep(lookEveryMs);
  }
}

/** Ends all processes of a function, and waits until they are gone: the next event starts a new one. */
async function endAll(pool: EnvironmentPool): Promise<void> {
  const pids = pool.pids();
  for (const pid of pids) {
    process.kill(pid, 'SIGKILL');
  }
  while (pool.pids().some((pid) => pids.includes(pid))) {
    await sleep(20);
  }
}
