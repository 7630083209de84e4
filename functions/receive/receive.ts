import { randomUUID } from 'node:crypto';
import type { Claims } from '../ledger/claims.ts';
import type { RunQueue } from '../queue/runQueue.ts';
import { type CachedSecret, SecretUnavailableError } from '../secrets/cachedSecret.ts';
import { authenticateSegment } from '../sources/segment/authenticate.ts';
import type { SegmentCredentials } from '../sources/segment/credentials.ts';
import type { Authentication } from '../sources/source.ts';
import type { CompiledTrigger } from '../triggers/matchTriggers.ts';
import { acceptedAnswer, type EventCounts, type HttpAnswer, refusalAnswer } from './httpAnswer.ts';
import { type ReceiverRequest, readRequest } from './httpRequest.ts';
import { mustBeRepeated, type QueuedEvents, queueEvents } from './queueEvents.ts';
import { type SortedEvents, sortEvents } from './sortEvents.ts';

/** Added to what is left of an invocation, for clocks that differ. */
const leaseMarginMs = 2_000;

/** What the operator chose for the receiver. */
export interface ReceiverSettings {
  readonly maxBodyBytes: number;
  /** The routes that are let in; `undefined`: every route. */
  readonly routes?: ReadonlySet<string> | undefined;
  /** How long duplicates are remembered. */
  readonly dedupeWindowMs: number;
  /** How long after its arrival a run is given up. */
  readonly runDeadlineMs: number;
  readonly allowFirstEventSignature: boolean;
  readonly acceptReplays: boolean;
  /** How long after it came in a request is answered at the latest, be it with 503. */
  readonly answerWithinMs: number;
}

/** What the receiver works with. */
export interface ReceiverDependencies {
  readonly settings: ReceiverSettings;
  readonly triggers: readonly CompiledTrigger[];
  readonly segmentSecret: CachedSecret<SegmentCredentials>;
  readonly claims: Claims;
  readonly queue: RunQueue;
  readonly now: () => number;
}

/** The time that one request has, in epoch milliseconds. */
interface RequestTime {
  readonly answerByMs: number;
  /** When Lambda ends the invocation. */
  readonly endsAtMs: number;
}

/** An answer, and all that is to be told of the request it belongs to: no personal data. */
export interface Reception {
  readonly answer: HttpAnswer;
  readonly source?: string;
  readonly route?: string;
  /** The sentence of a refusal. */
  readonly detail?: string;
  readonly counts?: EventCounts;
  readonly invalid?: SortedEvents['invalid'];
  readonly outcome?: QueuedEvents;
  /** Elements that repeat an earlier one of the same request. */
  readonly repeated?: SortedEvents['repeated'];
}

/**
 * Receives one request: verifies it before anything else is touched, then queues the runs of the events that a
 * trigger wants. Answers 200 only when all of them are in the queue.
 *
 * @param event payload format 2.0
 * @param remainingMs what is left of this invocation
 */
export async function receive(
  event: unknown,
  remainingMs: number,
  dependencies: ReceiverDependencies,
): Promise<Reception> {
  const startedAtMs = dependencies.now();
  const endsAtMs = startedAtMs + remainingMs;
  const answerByMs = Math.min(startedAtMs + dependencies.settings.answerWithinMs, endsAtMs - 500);
  const read = readRequest(event, dependencies.settings);
  if (!read.ok) {
    return { answer: read.answer, ...detailOf(read.answer) };
  }
  const { request } = read;
  const { source, route } = request;
  const authentication = await authenticate(request, dependencies);
  if (authentication === undefined) {
    return {
      source,
      route,
      ...refused(503, 'The shared secret is not configured or cannot be read: try again'),
    };
  }
  if (!authentication.ok) {
    const { status, detail } = authentication.refusal;
    return { source, route, ...refused(status, detail) };
  }
  return {
    source,
    route,
    ...(await take(request, authentication.elements, { answerByMs, endsAtMs }, dependencies)),
  };
}

/** `undefined`: no secret to check with. */
async function authenticate(
  request: ReceiverRequest,
  { settings, segmentSecret }: ReceiverDependencies,
): Promise<Authentication | undefined> {
  try {
    const first = authenticateSegment(request, await segmentSecret.get(), settings);
    if (first.ok || !first.refusal.mayBeRotated) {
      return first;
    }
    const fresh = await segmentSecret.refreshEarly();
    return fresh === undefined ? first : authenticateSegment(request, fresh, settings);
  } catch (error) {
    if (error instanceof SecretUnavailableError) {
      return undefined;
    }
    throw error;
  }
}

async function take(
  request: ReceiverRequest,
  elements: readonly unknown[],
  time: RequestTime,
  dependencies: ReceiverDependencies,
): Promise<Reception> {
  const { settings, triggers } = dependencies;
  const nowMs = dependencies.now();
  const sorted = sortEvents(elements, { ...settings, ...request, triggers, nowMs });
  const [firstInvalid] = sorted.invalid;
  if (firstInvalid !== undefined && sorted.invalid.length === elements.length) {
    const detail = `There is no Segment event in the body: ${firstInvalid.problem}; check the mapping's Data field`;
    return { ...refused(400, detail), invalid: sorted.invalid };
  }
  const outcome = await queueWanted(sorted, time, dependencies);
  const { repeated, invalid } = sorted;
  const counts: EventCounts = {
    received: elements.length,
    queued: outcome.queued.length,
    duplicates: outcome.duplicates.length + repeated.length,
    ignored: sorted.ignored,
    invalid: invalid.length,
    stale: sorted.stale,
  };
  return { ...answerFor(outcome, counts), counts, invalid, repeated, outcome };
}

const nothingToQueue: QueuedEvents = { queued: [], duplicates: [], busy: [], unsent: [], bypassed: 0 };

async function queueWanted(
  { wanted }: SortedEvents,
  { answerByMs, endsAtMs }: RequestTime,
  { settings, claims, queue, now }: ReceiverDependencies,
): Promise<QueuedEvents> {
  if (wanted.length === 0) {
    return nothingToQueue;
  }
  const nowMs = now();
  const terms = {
    owner: randomUUID(),
    nowMs,
    leaseUntilMs: endsAtMs + leaseMarginMs,
    expiresAtSeconds: Math.ceil((nowMs + settings.dedupeWindowMs) / 1000),
    signal: AbortSignal.timeout(Math.max(1, answerByMs - nowMs)),
  };
  return await queueEvents(wanted, terms, claims, queue);
}

function answerFor(outcome: QueuedEvents, counts: EventCounts): Reception {
  if (!mustBeRepeated(outcome)) {
    return { answer: acceptedAnswer(counts) };
  }
  const { unsent, busy } = outcome;
  return refused(
    503,
    unsent.length > 0
      ? `The queue did not take ${unsent.length} of ${counts.received} events: try again`
      : `Another request is queueing ${busy.length} of ${counts.received} events: try again`,
  );
}

function refused(status: number, detail: string): Reception {
  return { answer: refusalAnswer(status, detail), detail };
}

function detailOf(answer: HttpAnswer): { readonly detail: string } {
  return JSON.parse(answer.body) as { readonly detail: string };
}
