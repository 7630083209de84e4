import { usageLifetimeMs } from '../ledger/usage.ts';
import { readAccountUsage } from '../mavera/accountUsage.ts';
import { isSchemaError } from '../schema/schemaError.ts';
import { callAtSlot } from './callAtSlot.ts';
import { intervalMsFor, limitOf, slotToleranceMs, waitOnTheSpotMs } from './gates/paceRules.ts';
import { RecoveryFailedError } from './recoverAnswer.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { RunScene } from './runScene.ts';

/**
 * What Mavera says of the account, looked at every five minutes by one environment for all. It takes a slot of the pace
 * that is near, or, under a backlog, the run's own, which then needs another one. A look that fails is left to the next
 * run.
 *
 * @returns the scene with what is known of the account now
 */
export async function refreshUsage(
  scene: RunScene,
  apiKey: string,
  dependencies: RunnerDependencies,
): Promise<RunScene> {
  const { usage: known } = scene.shared;
  const { usage, now, onTrouble } = dependencies;
  const nowMs = now();
  if (known !== undefined && nowMs - known.readAtMs <= usageLifetimeMs) {
    return scene;
  }
  const slot = (await usage.claimReading(nowMs)) ? await slotFor(scene, nowMs, dependencies) : undefined;
  if (slot === undefined) {
    return scene;
  }
  const after: RunScene = { ...scene, slotIsUsed: slot.isOfRun };
  const request = { method: 'GET', path: '/usage' } as const;
  const made = await callAtSlot(request, { apiKey, startAtMs: slot.atMs }, dependencies);
  try {
    if (made?.answer.kind !== 'answered') {
      throw new RecoveryFailedError(
        `Mavera could not be asked for the account's usage: ${made?.answer.kind}`,
      );
    }
    const read = readAccountUsage(made.answer.json);
    await usage.write(read, now());
    return { ...after, shared: { ...scene.shared, usage: { ...read, readAtMs: now() } } };
  } catch (error) {
    if (!(error instanceof RecoveryFailedError) && !isSchemaError(error)) {
      throw error;
    }
    onTrouble("the account's usage cannot be looked at", error);
    return after;
  }
}

async function slotFor(
  { delivery, shared }: RunScene,
  nowMs: number,
  { pace, settings }: RunnerDependencies,
): Promise<{ readonly atMs: number; readonly isOfRun: boolean } | undefined> {
  const intervalMs = intervalMsFor(limitOf(settings.requestsPerMinute, shared.usage));
  const reserved = await pace.takeSlot({ nowMs, intervalMs, horizonMs: waitOnTheSpotMs });
  if (reserved.kind === 'reserved') {
    return { atMs: reserved.slotAtMs, isOfRun: false };
  }
  const { slotAtMs } = delivery.message;
  const isDue =
    slotAtMs !== undefined &&
    nowMs <= slotAtMs + slotToleranceMs &&
    shared.paceHeldUntilMs <= nowMs &&
    slotAtMs - nowMs <= waitOnTheSpotMs;
  return isDue ? { atMs: slotAtMs, isOfRun: true } : undefined;
}
