import type { EndedCall } from '../ledger/runs.ts';
import { type ActionPerformer, OutputInvalidError } from '../mavera/actions/actionPerformer.ts';
import type { ActionResult } from '../mavera/actions/actionResult.ts';
import { writeResult } from '../results/resultsTopic.ts';
import { describeSchemaError, isSchemaError } from '../schema/schemaError.ts';
import { type CallAnswer, mayBeBilled } from '../systems/callAnswer.ts';
import type { Action } from '../triggers/actions.ts';
import { goneReason } from './keptId.ts';
import type { Reason } from './reasons.ts';
import { decideRetry, type RetryOptions } from './retryDecision.ts';
import type { Failure } from './runOutcome.ts';

/** A call that was answered, or whose answer was lost. */
export interface AnsweredCall {
  readonly action: Action;
  readonly performer: Pick<ActionPerformer, 'keeps' | 'pending' | 'readAnswer'>;
  /** Id of the thread or persona that the trigger keeps for the run's key, if the request named one. */
  readonly keptId?: string | undefined;
  /** Calls made before this one that count. */
  readonly attempts: number;
}

/** What happens to a run after its call. */
export type AnswerDecision = {
  /** The kept id that Mavera no longer has. */
  readonly forgets?: string | undefined;
} & (
  | { readonly kind: 'done'; readonly result: ActionResult }
  | { readonly kind: 'fail'; readonly failure: Failure }
  | {
      readonly kind: 'wait';
      readonly delayMs: number;
      readonly reason: Reason;
      readonly call: EndedCall;
      /** Id of the work that Mavera has taken on. */
      readonly pendingId?: string | undefined;
      /** The call was refused, but may have cost credits. */
      readonly mayBeBilled?: boolean;
    }
);

/** Decides what happens to a run after its call. */
export function decideOnAnswer(
  answer: CallAnswer,
  call: AnsweredCall,
  options: Omit<RetryOptions, 'attempts'>,
): AnswerDecision {
  if (answer.kind === 'answered') {
    return decideOnSuccess(answer.json, call);
  }
  const { attempts, keptId } = call;
  const gone = goneReason(call.performer, call.action, keptId, answer);
  if (gone !== undefined) {
    return { kind: 'wait', delayMs: 0, reason: gone, call: { attempts, answerLost: false }, forgets: keptId };
  }
  const retry = decideRetry(answer, { ...options, attempts: attempts + 1 });
  if (retry.kind === 'fail') {
    return { kind: 'fail', failure: retry };
  }
  const counted = { as_none: attempts, as_one: attempts + 1 };
  const answerLost = answer.kind === 'lost';
  const billed = answer.kind === 'refused' && mayBeBilled(answer) ? { mayBeBilled: true } : {};
  return { ...retry, ...billed, call: { attempts: counted[retry.counts], answerLost } };
}

/** The credits are spent, so the call is never made again, even if the answer cannot be used. */
function decideOnSuccess(json: unknown, { performer, action, attempts }: AnsweredCall): AnswerDecision {
  try {
    const read = performer.readAnswer(json, action);
    return 'pendingId' in read
      ? {
          kind: 'wait',
          delayMs: performer.pending?.everyMs(action) ?? 0,
          reason: 'focus_group_running',
          call: { attempts: attempts + 1, answerLost: false },
          pendingId: read.pendingId,
        }
      : { kind: 'done', result: read };
  } catch (error) {
    const isUnusable = error instanceof OutputInvalidError;
    if (!isUnusable && !isSchemaError(error)) {
      throw error;
    }
    const failure: Failure = {
      reason: isUnusable ? 'output_invalid' : 'answer_unreadable',
      detail: isUnusable
        ? error.message
        : `Mavera's answer is not as documented: ${describeSchemaError(error)}`,
      result: writeResult({ answer: json }),
      spent: 'estimate',
    };
    return { kind: 'fail', failure };
  }
}
