import type { Agent } from '../access/grants.ts';
import { retryAfterMsOf, statusOf } from '../systems/callAnswer.ts';
import type { SystemsGate } from '../systems/systemsGate.ts';
import type { TrackingEvent } from './segmentReport.ts';

/**
 * The outcome of a batch. `again`: send it again later; `no_key`: there is no write key; `refused`: Segment will never take
 * it; `not_allowed`: the gate refused it.
 */
export type TrackingAnswer =
  | { readonly kind: 'taken' }
  | { readonly kind: 'again'; readonly detail: string; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'no_key' | 'refused' | 'not_allowed'; readonly detail: string };

/** Statuses after which a batch is sent again. 401 and 403: somebody has to correct the key. */
const passing: ReadonlySet<number> = new Set([401, 403, 408, 429]);

/**
 * Sends events to Segment's Tracking API in one batch, through the gate.
 * Source: Segment HTTP API. It answers 200 to nearly everything, even to a wrong write key or region.
 *
 * @param by who sends them, and for which run
 * @throws what the AWS SDK throws when the ledger does not answer
 */
export async function sendToSegment(
  events: readonly TrackingEvent[],
  by: { readonly agent: Agent; readonly runId: string },
  gate: Pick<SystemsGate, 'call'>,
): Promise<TrackingAnswer> {
  const answer = await gate.call({ ...by, operation: 'sendToSegment', request: { body: { batch: events } } });
  switch (answer.kind) {
    case 'answered':
      return { kind: 'taken' };
    case 'busy':
      return { kind: 'again', detail: 'Too much is sent to Segment at once' };
    case 'no_credentials':
      return { kind: 'no_key', detail: answer.detail };
    case 'not_allowed':
      return answer;
    default: {
      const status = statusOf(answer);
      const detail = status === undefined ? answerless(answer) : `Segment answered ${status}`;
      const isPassing = status === undefined || status >= 500 || passing.has(status);
      return isPassing
        ? { kind: 'again', detail, retryAfterMs: retryAfterMsOf(answer) }
        : { kind: 'refused', detail };
    }
  }
}

function answerless(answer: { readonly kind: string; readonly detail?: string }): string {
  return answer.detail ?? `Segment did not answer: ${answer.kind}`;
}
