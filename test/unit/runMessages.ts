import type { RunMessage } from '../../functions/queue/runMessage.ts';
import { segmentEvent } from './segmentEvents.ts';

/** When the event of {@link runMessage} arrived. */
export const receivedAtMs = Date.parse('2026-01-02T03:04:06.000Z');

/** A run of the trigger `plan-upgraded` for a track event, as it is queued. */
export function runMessage(changes: Partial<RunMessage> = {}): RunMessage {
  const event = changes.event ?? segmentEvent();
  return {
    version: 1,
    runId: '0123456789'.repeat(4),
    trigger: 'plan-upgraded',
    source: 'segment',
    route: 'default',
    messageId: event.messageId,
    receivedAtMs,
    deadlineAtMs: receivedAtMs + 96 * 3_600_000,
    ...changes,
    event,
  };
}
