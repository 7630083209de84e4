import { mapConcurrently } from '../../functions/aws/mapConcurrently.ts';
import { type DeliveryOutcome, sendToWebhook } from '../../local/segment/sendToWebhook.ts';
import type { CrashCase } from './crashCase.ts';
import type { CrashSystem } from './crashSystem.ts';
import { payloadOf } from './scenario.ts';

/** Segment's waits between attempts, in a tenth of their time. */
const timeScale = 0.1;

/**
 * Sends what the cases are about, many at once, as Segment does: again after 5xx and when there is no answer, batches
 * mixed anew each time.
 */
export async function sendCases(
  { system, saboteur }: CrashSystem,
  cases: readonly CrashCase[],
  atOnce: number,
  onSent: () => void,
): Promise<ReadonlyMap<CrashCase, DeliveryOutcome>> {
  const outcomes = new Map<CrashCase, DeliveryOutcome>();
  await mapConcurrently(cases, atOnce, async (crashCase) => {
    saboteur.add(crashCase);
    const { outcome } = await sendToWebhook({
      url: system.segmentUrl,
      payload: payloadOf(crashCase.id, crashCase.scenario),
      secret: system.sharedSecret,
      remixBatches: true,
      retry: { timeScale, greatestDelayMs: 60_000 },
    });
    outcomes.set(crashCase, outcome);
    onSent();
  });
  return outcomes;
}
