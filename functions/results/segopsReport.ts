import { shortened } from '../ledger/shortened.ts';
import { cutContent, type DoneRun, reportId, resultOf, traitsOf } from './reportContent.ts';

/** One event for SegOps's ingestion API. */
export interface SegopsEvent {
  readonly user_id: string;
  /** In snake_case, as SegOps requires. */
  readonly event_type: string;
  /** RFC 3339. */
  readonly occurred_at: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * Makes what is reported to SegOps about a run, for the event's user id: `mavera_research_completed`, `context_identified`
 * with traits, both, or nothing. SegOps knows users by their id alone, so an event without a user id is not reported. SegOps
 * cannot recognise repeats: `report_id` in the payload tells them apart from other reports. Very long strings end in
 * `[…cut]`.
 * Source: SegOps documentation, "Ingestion": `POST /ingestion/track/batch/`, with up to 500 events.
 *
 * @throws what the trigger's `identify` function throws, and TypeError when it returns no traits
 */
export function segopsReport(run: DoneRun): readonly SegopsEvent[] {
  const { message, trigger } = run;
  const { userId } = message.event;
  const { toSegOps } = trigger;
  if (toSegOps === undefined || userId === undefined) {
    return [];
  }
  const occurredAt = new Date(run.finishedAtMs).toISOString();
  const events: SegopsEvent[] = [];
  if (toSegOps.track === true) {
    const payload = cutContent({
      run_id: message.runId,
      report_id: reportId(message),
      trigger: trigger.name,
      action: trigger.run.kind,
      credits_used: run.creditsUsed,
      source_message_id: shortened(message.messageId),
      result: resultOf(run),
    });
    events.push({
      user_id: userId,
      event_type: 'mavera_research_completed',
      occurred_at: occurredAt,
      payload,
    });
  }
  const traits = traitsOf(toSegOps, run);
  if (traits !== undefined) {
    // Without the run's id: it would become a trait of the user. A repeat sets the same traits.
    events.push({
      user_id: userId,
      event_type: 'context_identified',
      occurred_at: occurredAt,
      payload: traits,
    });
  }
  return events;
}
