import type { RunEnd } from '../ledger/runTransitions.ts';
import { shortened } from '../ledger/shortened.ts';
import { shortenedJson } from '../ledger/shortenedJson.ts';
import type { RunMessage } from '../queue/runMessage.ts';

/** What SNS takes is 256 KB; the rest is for the message's other members. */
const maxResultBytes = 200_000;

/**
 * What subscribers of the results topic get, once for each run and rarely more often: tell repeats by `runId`.
 * Delivered as JSON; `trigger` and `state` are message attributes as well, to filter by.
 */
export interface ResultMessage {
  /** Shape of the message; members may be added without a new version. */
  readonly version: 1;
  readonly runId: string;
  readonly trigger: string;
  /** The kind of the trigger's action, e.g. `askMave`; absent when the trigger is gone. */
  readonly action?: string | undefined;
  readonly state: RunEnd['state'];
  readonly source: string;
  readonly route: string;
  readonly messageId?: string | undefined;
  readonly userId?: string | undefined;
  readonly creditsUsed: number;
  /**
   * Of a run that is done: what the action documents. Of one whose answer could not be read: `{answer}`, as it came.
   * Long texts end in `[…cut]`.
   */
  readonly result?: unknown;
  /** Of a run that is not: one of a few words, and a sentence. */
  readonly reason?: string | undefined;
  readonly detail?: string | undefined;
  /** ISO 8601 */
  readonly finishedAt: string;
}

/** Composes the message about a run's end. */
export function resultMessage(
  message: RunMessage,
  action: string | undefined,
  end: RunEnd,
  finishedAtMs: number,
): ResultMessage {
  return {
    version: 1,
    runId: message.runId,
    trigger: message.trigger,
    action,
    state: end.state,
    source: message.source,
    route: message.route,
    messageId: shortened(message.messageId),
    userId: shortened(message.event.userId),
    creditsUsed: end.creditsUsed ?? 0,
    result: end.result === undefined ? undefined : (JSON.parse(end.result) as unknown),
    reason: end.state === 'done' ? undefined : end.reason,
    detail: end.detail,
    finishedAt: new Date(finishedAtMs).toISOString(),
  };
}

/**
 * The JSON of a result, its longest texts cut until it is small enough to be kept and published.
 * Mavera's own answers are a few KB; this is for the one that is not.
 */
export function writeResult(result: Readonly<Record<string, unknown>>): string {
  return shortenedJson(result, maxResultBytes);
}
