import { shortened } from '../ledger/shortened.ts';
import type { RunMessage } from '../queue/runMessage.ts';

/**
 * What subscribers of the results topic get, as JSON, when a run begins to wait for an operator's approval. It has the
 * state `waiting`, which no message about a run's end has. It may come more than once for a run.
 */
export interface ApprovalNotice {
  /** Version of the shape. Members may be added without a new version. */
  readonly version: 1;
  readonly runId: string;
  readonly trigger: string;
  /** Kind of the trigger's action, e.g. `askMave`. */
  readonly action: string;
  readonly state: 'waiting';
  readonly reason: 'approval';
  readonly source: string;
  readonly route: string;
  readonly messageId?: string | undefined;
  readonly userId?: string | undefined;
  /** What the run is expected to cost. */
  readonly estimatedCredits: number;
  /** When it began to wait, in ISO 8601. */
  readonly askedAt: string;
  /** When it ends as `expired` if nobody has decided, in ISO 8601. */
  readonly deadlineAt: string;
}

/** Makes the notice about a run that waits for approval. */
export function approvalNotice(
  message: RunMessage,
  action: string,
  estimatedCredits: number,
  askedAtMs: number,
): ApprovalNotice {
  return {
    version: 1,
    runId: message.runId,
    trigger: message.trigger,
    action,
    state: 'waiting',
    reason: 'approval',
    source: message.source,
    route: message.route,
    messageId: shortened(message.messageId),
    userId: shortened(message.event.userId),
    estimatedCredits,
    askedAt: new Date(askedAtMs).toISOString(),
    deadlineAt: new Date(message.deadlineAtMs).toISOString(),
  };
}
