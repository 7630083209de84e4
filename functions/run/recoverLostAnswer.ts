import { writeResult } from '../results/resultMessage.ts';
import { keepId } from './keepId.ts';
import type { PreparedRun } from './prepareRun.ts';
import { recoverAnswer } from './recoverAnswer.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { RunOutcome } from './runOutcome.ts';
import type { RunScene } from './runScene.ts';

/** The outcome of a run whose earlier call lost its answer; `undefined` when it is to be called (again). */
export async function recoverLostAnswer(
  { delivery, shared }: RunScene,
  prepared: PreparedRun,
  apiKey: string,
  dependencies: RunnerDependencies,
): Promise<RunOutcome | undefined> {
  const { attempts, lostCallAtMs } = delivery.soFar;
  if (lostCallAtMs === undefined) {
    return undefined;
  }
  const { performer, request } = prepared;
  const lost = { request, runId: delivery.message.runId, startedAtMs: lostCallAtMs };
  const terms = { apiKey, slotAtMs: delivery.message.slotAtMs, shared };
  const recovery = await recoverAnswer(performer, lost, terms, dependencies);
  switch (recovery.kind) {
    case 'wait':
      return await delivery.wait(recovery);
    case 'found': {
      const { creditsUsed, result } = recovery.result;
      delivery.note('recovered');
      await keepId(prepared, recovery.result, dependencies);
      return { ...(await delivery.finish(creditsUsed, writeResult(result))), recovery: 'found' };
    }
    case 'pending': {
      const { pendingId } = recovery;
      delivery.note('recovered');
      const wait = { untilMs: dependencies.now(), reason: 'focus_group_running', pendingId } as const;
      return { ...(await delivery.wait(wait, { attempts, answerLost: false })), recovery: 'found' };
    }
    case 'unknowable':
      return await delivery.fail({ reason: 'answer_lost', detail: recovery.detail, spent: 'estimate' });
    case 'not_found': {
      if (attempts < dependencies.settings.maxAttempts) {
        return undefined;
      }
      const detail = `No call is left of ${attempts}: the answer of the last was lost or unreadable, and its work is not at Mavera`;
      return await delivery.fail({ reason: 'attempts_exhausted', detail });
    }
  }
}
