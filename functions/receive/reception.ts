import type { SignatureVerdict } from '../sources/source.ts';
import type { HttpAnswer } from './http.ts';
import type { SortedEvents, WantedEvent } from './sortEvents.ts';

/** What became of the events of a request; the counts add up to `received`. */
export interface EventCounts {
  readonly received: number;
  /** It starts or cancels runs of at least one trigger, and all its messages are in a queue. */
  readonly queued: number;
  /** Queued before, by an earlier delivery or an earlier element of this one. */
  readonly duplicates: number;
  /** No trigger wanted it. */
  readonly ignored: number;
  /** Not a Segment event; logged with its index. */
  readonly invalid: number;
  /** Older than the dedupe window; in the answer only when there are any. */
  readonly stale: number;
  /** In no sample of a trigger that wanted it; in the answer only when there are any. */
  readonly sampledOut: number;
}

/** What became of the wanted events of one request. */
export interface QueuedEvents {
  readonly queued: readonly WantedEvent[];
  readonly duplicates: readonly WantedEvent[];
  /** Another request holds the claim and may still fail: the sender must try again. */
  readonly busy: readonly WantedEvent[];
  /** Not in a queue, or only some of its messages: the sender must try again. */
  readonly unsent: readonly WantedEvent[];
  /** How many were queued without a claim, because the ledger did not answer. */
  readonly bypassed: number;
  /** Runs in the bulk queue, because their trigger had used up its share of the intake queue. */
  readonly toBulk: number;
}

/** What became of one request: its answer, and what is logged about it. It holds no personal data. */
export interface Reception {
  readonly answer: HttpAnswer;
  readonly source?: string;
  readonly route?: string;
  /** Why the request was refused. */
  readonly detail?: string;
  /** Absent where it was not checked. */
  readonly signature?: SignatureVerdict;
  readonly counts?: EventCounts;
  readonly invalid?: SortedEvents['invalid'];
  readonly outcome?: QueuedEvents;
  /** Elements that repeat an earlier one of the same request. */
  readonly repeated?: SortedEvents['repeated'];
  /** Runs that are not queued because they are not in their trigger's sample. */
  readonly runsSampledOut?: number;
  readonly failedCancelKeys?: SortedEvents['failedCancelKeys'];
}
