import type { DeliveryOutcome } from '../../../simulators/segment/sendToWebhook.ts';

/** What was found of one event when all was over. */
export interface EventTraces {
  readonly messageId: string;
  /** How often Mavera has done its work. */
  readonly timesDone: number;
  /** State of its run in the ledger; `undefined`: there is no record. */
  readonly runState: string | undefined;
  readonly runReason: string | undefined;
  /** State of its claim, and how long its lease still lasts. */
  readonly claimState: string | undefined;
  readonly claimLeaseMs: number;
}

/** What was found of one case. */
export interface CaseTraces {
  /** What came of it at the sender, which tries again as Segment does. */
  readonly delivered: DeliveryOutcome;
  readonly events: readonly EventTraces[];
}

/**
 * What is wrong with a case, each in a few words; empty when all is as it must be: delivered, each event's work done once,
 * each run at its end, no claim that would keep anybody waiting.
 */
export function judgeCase({ delivered, events }: CaseTraces): readonly string[] {
  const problems = events.flatMap((event) => {
    const { messageId, timesDone, runState, claimState } = event;
    return [
      ...(timesDone === 0 ? [`${messageId} is lost`] : []),
      ...(timesDone > 1 ? [`${messageId} was done ${timesDone} times`] : []),
      ...(hasEnded(event)
        ? []
        : [`the run of ${messageId} is ${runState ?? 'not there'} (${event.runReason})`]),
      ...(claimState === 'queued' || event.claimLeaseMs <= 0
        ? []
        : [`the claim of ${messageId} is ${claimState}`]),
    ];
  });
  return delivered === 'delivered' ? problems : [`the sender's last word is ${delivered}`, ...problems];
}

/** Done, or its event was gathered into another run. */
function hasEnded({ runState, runReason }: EventTraces): boolean {
  return runState === 'done' || (runState === 'skipped' && runReason === 'collected');
}
