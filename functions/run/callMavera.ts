import { OutputInvalidError } from '../mavera/actions/actionPerformer.ts';
import type { MaveraAnswer } from '../mavera/maveraAnswer.ts';
import { writeResult } from '../results/resultMessage.ts';
import { describeSchemaError, isSchemaError } from '../schema/schemaError.ts';
import { callAtSlot, type Slot } from './callAtSlot.ts';
import { keepId } from './keepId.ts';
import type { LeasedRun } from './leasedRun.ts';
import type { PreparedRun } from './prepareRun.ts';
import type { Reason } from './reasons.ts';
import { decideRetry } from './retryDecision.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { RunOutcome } from './runOutcome.ts';
import type { RunScene } from './runScene.ts';
import { takePlace } from './takePlace.ts';
import { tellBreaker } from './tellBreaker.ts';

/** What it takes to record an answer, with a ledger that is slow. */
const recordingMs = 5_000;

/** A call that the gates have let pass. */
export interface Call extends PreparedRun, Slot {
  readonly apiKey: string;
  /** It may only be made if it is the one that probes. */
  readonly probes?: boolean | undefined;
}

/**
 * Calls Mavera once, at the moment that the pace has reserved, and deals with whatever comes of it: an answer is
 * recorded and published, what passes is tried again later, what does not is given up.
 */
export async function callMavera(
  scene: RunScene,
  call: Call,
  dependencies: RunnerDependencies,
): Promise<RunOutcome> {
  const { delivery } = scene;
  const { attempts } = delivery.soFar;
  const notMade = { attempts, answerLost: false };
  if (delivery.remainingMs() < dependencies.settings.maveraTimeoutMs + recordingMs) {
    return await delivery.wait({ untilMs: dependencies.now(), reason: 'invocation_too_old' }, notMade);
  }
  const place = await takePlace(delivery, call, dependencies);
  if (place.kind === 'none') {
    return await delivery.wait(place, notMade);
  }
  await delivery.markCalling(attempts + 1, call.startAtMs);
  const made = await callAtSlot(call.request, call, dependencies);
  if (made === undefined) {
    await place.leave();
    return await delivery.wait({ untilMs: dependencies.now(), reason: 'slot_missed' }, notMade);
  }
  const breaker = await tellBreaker(scene, made.answer, call.probes === true, dependencies);
  // A call whose answer was lost may still be under way at Mavera: its place is free when its lease is over.
  if (made.answer.kind !== 'lost' && !(made.answer.kind === 'answered' && isPending(call))) {
    await place.leave();
  }
  const outcome = await settle(delivery, call, made.answer, dependencies);
  return { ...outcome, call: { ...made.report, breaker } };
}

function isPending({ performer }: Call): boolean {
  return performer.pending !== undefined;
}

async function settle(
  delivery: LeasedRun,
  call: Call,
  answer: MaveraAnswer,
  dependencies: RunnerDependencies,
): Promise<RunOutcome> {
  const { settings, random, now, maveraSecret } = dependencies;
  if (answer.kind === 'answered') {
    return await settleSuccess(delivery, call, answer.json, dependencies);
  }
  const { attempts } = delivery.soFar;
  const goneReason = await forgetWhatIsGone(call, answer, dependencies);
  if (goneReason !== undefined) {
    return await delivery.wait({ untilMs: now(), reason: goneReason }, { attempts, answerLost: false });
  }
  const { maxAttempts } = settings;
  const decision = decideRetry(answer, { attempts: attempts + 1, maxAttempts, random });
  if (decision.kind === 'fail') {
    return await delivery.fail(decision);
  }
  if (answer.kind === 'refused' && answer.error.status === 401) {
    // The key may have been replaced; if it cannot be read, the next delivery will tell.
    await maveraSecret.refreshEarly().catch(() => undefined);
  }
  const wait = { untilMs: now() + decision.delayMs, reason: decision.reason };
  const counted = { as_none: attempts, as_one: attempts + 1, as_last: maxAttempts };
  const answerLost = answer.kind === 'lost' || answer.kind === 'unreadable';
  return await delivery.wait(wait, { attempts: counted[decision.counts], answerLost });
}

/** Why the run has to be built anew: the thread or persona that its trigger keeps is not at Mavera any more. */
async function forgetWhatIsGone(
  { performer, trigger, keys, keptId }: Call,
  answer: MaveraAnswer,
  { keptIds }: RunnerDependencies,
): Promise<Reason | undefined> {
  const gone = performer.keeps?.(trigger.run)?.gone;
  const isGone = answer.kind === 'refused' && answer.error.status === 404;
  if (!isGone || gone === undefined || keptId === undefined || keys.kept === undefined) {
    return undefined;
  }
  await keptIds.forget(keys.kept, keptId);
  return gone;
}

/** Credits are spent: whatever the answer looks like, the call is not made again. */
async function settleSuccess(
  delivery: LeasedRun,
  call: Call,
  json: unknown,
  dependencies: RunnerDependencies,
): Promise<RunOutcome> {
  const { performer, trigger } = call;
  delivery.note('answered');
  try {
    const read = performer.readAnswer(json, trigger.run);
    if ('pendingId' in read) {
      const untilMs = dependencies.now() + (performer.pending?.everyMs(trigger.run) ?? 0);
      const call = { attempts: delivery.soFar.attempts + 1, answerLost: false };
      return await delivery.wait({ untilMs, reason: 'focus_group_running', ...read }, call);
    }
    await keepId(call, read, dependencies);
    return await delivery.finish(read.creditsUsed, writeResult(read.result));
  } catch (error) {
    const isOfNoUse = error instanceof OutputInvalidError;
    if (!isOfNoUse && !isSchemaError(error)) {
      throw error;
    }
    return await delivery.fail({
      reason: isOfNoUse ? 'output_invalid' : 'answer_unreadable',
      detail: isOfNoUse
        ? error.message
        : `Mavera's answer is not as documented: ${describeSchemaError(error)}`,
      result: writeResult({ answer: json }),
      spent: 'estimate',
    });
  }
}
