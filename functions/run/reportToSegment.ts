import type { DoneRun } from '../results/reportContent.ts';
import { segmentReport, type TrackingEvent } from '../results/segmentReport.ts';
import { sendToSegment, type TrackingAnswer } from '../results/segmentTracking.ts';
import { thrownMessage } from '../triggers/shown.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { ReportAttempt } from './runOutcome.ts';

/** How long a report waits for an operator to fill in the write key, without jitter. */
const noKeyWaitMs = 4 * 60_000;

/**
 * Makes one attempt to report a result to Segment, which drops repeats.
 *
 * @throws what the AWS SDK throws when the ledger does not answer
 */
export async function reportToSegment(
  run: DoneRun,
  { runs, gate, now }: RunnerDependencies,
): Promise<ReportAttempt> {
  let events: readonly TrackingEvent[];
  try {
    events = segmentReport(run);
  } catch (error) {
    const detail = `The trigger's toSegment.identify threw: ${thrownMessage(error)}`;
    return { kind: 'failed', reason: 'segment_report_failed', detail };
  }
  const { runId, trigger } = run.message;
  const by = { agent: `trigger/${trigger}`, runId } as const;
  const attempt =
    events.length === 0 ? ({ kind: 'over' } as const) : judge(await sendToSegment(events, by, gate));
  if (attempt.kind === 'over') {
    await runs.noteReport(runId, 'sent', now());
  }
  return attempt;
}

/** What an answer of Segment means for the report. */
function judge(answer: TrackingAnswer): ReportAttempt {
  switch (answer.kind) {
    case 'taken':
      return { kind: 'over' };
    case 'no_key':
      return {
        kind: 'again',
        reason: 'segment_write_key_missing',
        detail: answer.detail,
        isAttempt: false,
        afterMs: noKeyWaitMs,
      };
    case 'again':
      return {
        kind: 'again',
        reason: 'segment_unavailable',
        detail: answer.detail,
        isAttempt: true,
        afterMs: answer.retryAfterMs,
      };
    case 'refused':
      return { kind: 'failed', reason: 'segment_report_failed', detail: answer.detail };
    case 'not_allowed':
      return { kind: 'failed', reason: 'not_allowed', detail: answer.detail };
  }
}
