import type { DeliveryOutcome } from '../../../simulators/segment/sendToWebhook.ts';

/** What was found of one event at the end. */
export interface EventTraces {
  readonly messageId: string;
  /** How often Mavera has done the work. */
  readonly timesDone: number;
  /** The state of its run item; `undefined` if there is none. */
  readonly runState: string | undefined;
  readonly runReason: string | undefined;
  /** What its run or its claim still waits for; `undefined` if nothing will change any more. */
  readonly waitsFor: string | undefined;
  /** The state of its claim, and how long the claim's lease still lasts. */
  readonly claimState: string | undefined;
  readonly claimLeaseMs: number;
  /** What became of its report to SegOps. @default it is not reported */
  readonly reported?: ReportTraces | undefined;
}

/** What was found of one report to SegOps at the end. */
export interface ReportTraces {
  /** How often SegOps has got it. */
  readonly times: number;
  /** The calls that the run item counts. */
  readonly callsCounted: number;
  /** How many answers may have been lost. */
  readonly answersLost: number;
}

/** What was found of one case at the end. */
export interface CaseTraces {
  /** The outcome for the sender, which tries again as Segment does. */
  readonly delivered: DeliveryOutcome;
  readonly events: readonly EventTraces[];
  /** The reason for which a person has ended its runs without a call. @default its work is done */
  readonly endedBy?: 'denied' | 'cancelled' | undefined;
}

/**
 * What is wrong with a case, each in a few words; empty if all is right. It must be delivered, each event's work done once,
 * each run ended, and no claim may delay a retry. What may still end well is not finished, rather than lost.
 */
export function judgeCase({ delivered, events, endedBy }: CaseTraces): readonly string[] {
  const problems = events.flatMap((event) => judgeEvent(event, endedBy));
  return delivered === 'delivered' ? problems : [`the sender's last word is ${delivered}`, ...problems];
}

function judgeEvent(event: EventTraces, endedBy: CaseTraces['endedBy']): readonly string[] {
  const { messageId, timesDone, runState, runReason, claimState, claimLeaseMs, waitsFor } = event;
  const twice = timesDone > 1 ? [`${messageId} was done ${timesDone} times`] : [];
  if (waitsFor !== undefined) {
    return [...twice, `${messageId} is not finished: ${waitsFor}`];
  }
  const isFailed = runState === 'failed';
  return [
    ...twice,
    ...(timesDone === 0 && !isFailed && endedBy === undefined ? [`${messageId} is lost`] : []),
    ...(timesDone > 0 && endedBy !== undefined ? [`${messageId} was done although it was ${endedBy}`] : []),
    ...(hasEnded(event, endedBy)
      ? []
      : [`the run of ${messageId} is ${runState ?? 'not there'} (${runReason})`]),
    ...reportProblems(event),
    ...(claimState === 'queued' || claimLeaseMs <= 0 ? [] : [`the claim of ${messageId} is ${claimState}`]),
  ];
}

/** SegOps cannot tell a report that comes again. So it comes again only if its answer was lost. */
function reportProblems({ messageId, reported }: EventTraces): readonly string[] {
  if (reported === undefined) {
    return [];
  }
  const { times, callsCounted, answersLost } = reported;
  return [
    ...(times === 0 ? [`the report of ${messageId} is lost`] : []),
    ...(times > 1 + answersLost ? [`${messageId} was reported ${times} times`] : []),
    ...(times > callsCounted
      ? [`${messageId} was reported ${times} times, and ${callsCounted} calls are counted`]
      : []),
  ];
}

/** How many reports of a case came again. */
export function reportedAgain({ events }: CaseTraces): number {
  return events.reduce((again, { reported }) => again + Math.max(0, (reported?.times ?? 0) - 1), 0);
}

/** Done, or its event was collected into another run, or a person has decided so. */
function hasEnded({ runState, runReason }: EventTraces, endedBy: CaseTraces['endedBy']): boolean {
  if (endedBy !== undefined) {
    return runState === 'skipped' && runReason === endedBy;
  }
  return runState === 'done' || (runState === 'skipped' && runReason === 'collected');
}
