import { randomUUID } from 'node:crypto';
import type { ClaimOutcome } from '../ledger/claimState.ts';
import type { ClaimOptions } from '../ledger/claims.ts';
import { parseSegmentEvent } from '../sources/segment/event.ts';
import type { SourceRequest } from '../sources/source.ts';
import { type HttpRefusal, httpAnswer, readRequest } from './http.ts';
import type { LedgerAndQueue } from './ledgerAndQueue.ts';
import type { OpenSource } from './openSource.ts';
import type { ReceiverDependencies } from './receiverDependencies.ts';
import type { EventCounts, QueuedEvents, Reception } from './reception.ts';
import { type SortedEvents, sortEvents, type WantedEvent } from './sortEvents.ts';

/** Added to what is left of an invocation, for clocks that differ. */
const leaseMarginMs = 2_000;
/** How long it may take to mark or release the claims, whatever time is left for the answer. */
const closingMs = 1_000;

/**
 * Pauses before a claim that another request holds is tried again, a second in all; each is shortened by up to half at
 * random. A request holds a claim for about 20 ms, and for 200 ms in a new environment.
 */
const pausesMs = [50, 100, 200, 300, 350] as const;

const nothingQueued: QueuedEvents = {
  queued: [],
  duplicates: [],
  busy: [],
  unsent: [],
  bypassed: 0,
  toBulk: 0,
};

/** With what is loaded for events that are queued or recorded. */
type StoringDependencies = ReceiverDependencies & LedgerAndQueue;

/** The time that one request has, in epoch milliseconds. */
interface RequestTime {
  readonly answerByMs: number;
  /** When Lambda ends the invocation. */
  readonly endsAtMs: number;
}

/**
 * Receives one request: authenticates it before anything else, sorts its events, and queues the runs of those
 * that a trigger wants. Answers 200 only when all of them are in the queue.
 *
 * @param event payload format 2.0
 * @param remainingMs what is left of this invocation
 */
export async function receive(
  event: unknown,
  remainingMs: number,
  dependencies: ReceiverDependencies,
): Promise<Reception> {
  const { settings, sources, answerWithinMs, now } = dependencies;
  const startedAtMs = now();
  const endsAtMs = startedAtMs + remainingMs;
  const answerByMs = Math.min(startedAtMs + answerWithinMs, endsAtMs - 500);

  const read = readRequest(event, { ...settings, sources });
  if (!read.ok) {
    const isSigned = await isSignedAllTheSame(read.posted, dependencies);
    return { ...refused(read.refusal), ...(isSigned && { signature: 'right' }) };
  }
  const { source: open, route } = read.request;
  const { name: source, triggers } = open;
  const authentication = await open.authenticate(read.request, startedAtMs);
  if (!authentication.ok) {
    const { refusal } = authentication;
    return {
      source,
      route,
      ...refused(refusal),
      ...('signature' in refusal && { signature: refusal.signature }),
    };
  }
  const { elements, toEvent } = authentication;
  const sorted = sortEvents(elements, { ...settings, source, route, triggers, toEvent, nowMs: now(), now });
  if (sorted.invalid.length === elements.length) {
    return { source, route, signature: 'right', ...refusedAsInvalid(sorted, open) };
  }
  const authentic = { source, route, signature: 'right' } as const;
  const deletedUsers = settings.honourDeletes && source === 'segment' ? elements.flatMap(deletedUser) : [];
  if (sorted.wanted.length === 0 && deletedUsers.length === 0) {
    return { ...authentic, ...accepted(elements.length, sorted, nothingQueued) };
  }
  const stores = await dependencies.ledgerAndQueue();
  if (stores === undefined) {
    const detail = 'The receiver cannot load a part of itself: its log has the reason; try again';
    return { ...authentic, ...refused({ status: 503, detail }) };
  }
  const isRecorded = await recordDeletes(deletedUsers, answerByMs, { ...dependencies, ...stores });
  if (!isRecorded) {
    const detail = 'A request to forget a user could not be recorded: try again';
    return { ...authentic, ...refused({ status: 503, detail }) };
  }
  const queued = await queueEvents(sorted.wanted, { answerByMs, endsAtMs }, { ...dependencies, ...stores });
  return { ...authentic, ...accepted(elements.length, sorted, queued) };
}

/** Records the users of `delete` events. @returns whether all of them are recorded */
async function recordDeletes(
  userIds: readonly string[],
  answerByMs: number,
  { forgetRequests, now }: StoringDependencies,
): Promise<boolean> {
  if (userIds.length === 0) {
    return true;
  }
  const nowMs = now();
  return await forgetRequests.record(userIds, nowMs, AbortSignal.timeout(Math.max(1, answerByMs - nowMs)));
}

function deletedUser(element: unknown): readonly string[] {
  const parsed = parseSegmentEvent(element);
  return parsed.ok && parsed.event.type === 'delete' && parsed.event.userId !== undefined
    ? [parsed.event.userId]
    : [];
}

/**
 * Whether a source has signed a request that is refused for its path, method or size: then its events are lost, and an
 * alarm tells. Bodies beyond Lambda's 6 MB do not arrive here, so that the check is never much work.
 */
async function isSignedAllTheSame(
  posted: SourceRequest | undefined,
  { sources }: ReceiverDependencies,
): Promise<boolean> {
  if (posted === undefined) {
    return false;
  }
  const signed = await Promise.all([...sources.values()].map((source) => source.isSigned(posted)));
  return signed.includes(true);
}

/**
 * Queues events. Two mappings of one route send the same event at the same time: the request that comes second waits a
 * little for the first, which then has queued the event.
 */
async function queueEvents(
  events: readonly WantedEvent[],
  time: RequestTime,
  dependencies: StoringDependencies,
): Promise<QueuedEvents> {
  if (events.length === 0) {
    return nothingQueued;
  }
  const { now, random, sleep } = dependencies;
  let outcome = await claimAndSend(events, time, dependencies);
  for (const pauseMs of pausesMs) {
    if (outcome.busy.length === 0 || now() + pauseMs + closingMs > time.answerByMs) {
      break;
    }
    await sleep(pauseMs * (1 - random() / 2));
    outcome = joined(outcome, await claimAndSend(outcome.busy, time, dependencies));
  }
  return outcome;
}

/**
 * The claim protocol: claim each event, send its runs, then mark the claim as queued. A crash after any of these
 * steps loses nothing: the lease ends, and the sender's retry takes over. And nothing is done twice: the runner
 * knows a run by its id.
 */
async function claimAndSend(
  events: readonly WantedEvent[],
  { answerByMs, endsAtMs }: RequestTime,
  { settings, claims, queue, now }: StoringDependencies,
): Promise<QueuedEvents> {
  const nowMs = now();
  const options: ClaimOptions = {
    owner: randomUUID(),
    nowMs,
    leaseUntilMs: endsAtMs + leaseMarginMs,
    expiresAtSeconds: Math.ceil((nowMs + settings.dedupeWindowMs) / 1000),
    signal: AbortSignal.timeout(Math.max(1, answerByMs - nowMs)),
  };
  const outcomes = await claims.claim(keysOf(events), options);
  const outcomeOf = ({ claimKey }: WantedEvent): ClaimOutcome => outcomes.get(claimKey) ?? 'unavailable';
  const withOutcome = (outcome: ClaimOutcome): readonly WantedEvent[] =>
    events.filter((event) => outcomeOf(event) === outcome);
  const claimed = withOutcome('claimed');
  const sending = events.filter((event) => isToBeSent(outcomeOf(event)));

  const { unsentIds, toBulk } = await queue.send(
    sending.flatMap(({ messages }) => messages),
    nowMs,
    options.signal,
  );
  const isUnsent = ({ messages }: WantedEvent): boolean => messages.some(({ id }) => unsentIds.has(id));
  const isSent = (event: WantedEvent): boolean => !isUnsent(event);

  // A limit of its own: a slow queue may have used up the time for the answer.
  const closing = { ...options, signal: AbortSignal.timeout(closingMs) };
  const [sent, unsent] = [claimed.filter(isSent), claimed.filter(isUnsent)];
  await Promise.all([
    sent.length > 0 && claims.markQueued(keysOf(sent), closing),
    unsent.length > 0 && claims.release(keysOf(unsent), closing),
  ]);
  return {
    queued: sending.filter(isSent),
    duplicates: withOutcome('duplicate'),
    busy: withOutcome('busy'),
    unsent: sending.filter(isUnsent),
    bypassed: withOutcome('unavailable').length,
    toBulk,
  };
}

/** What became of all events, when those that were busy were tried again. */
function joined(first: QueuedEvents, again: QueuedEvents): QueuedEvents {
  return {
    queued: [...first.queued, ...again.queued],
    duplicates: [...first.duplicates, ...again.duplicates],
    busy: again.busy,
    unsent: [...first.unsent, ...again.unsent],
    bypassed: first.bypassed + again.bypassed,
    toBulk: first.toBulk + again.toBulk,
  };
}

/** Whether an event's runs are queued: without a claim too, because the runner knows a run by its id. */
export function isToBeSent(outcome: ClaimOutcome): boolean {
  return outcome === 'claimed' || outcome === 'unavailable';
}

/** Whether the sender must send the request again: some of its events may not be queued. */
export function mustBeRepeated({ unsent, busy }: Pick<QueuedEvents, 'unsent' | 'busy'>): boolean {
  return unsent.length > 0 || busy.length > 0;
}

function accepted(received: number, sorted: SortedEvents, outcome: QueuedEvents): Reception {
  const { repeated, invalid, ignored, stale, sampledOut, runsSampledOut, failedCancelKeys } = sorted;
  const { queued, duplicates, unsent, busy } = outcome;
  const counts: EventCounts = {
    received,
    queued: queued.length,
    duplicates: duplicates.length + repeated.length,
    ignored,
    invalid: invalid.length,
    stale,
    sampledOut,
  };
  const reception = { counts, invalid, repeated, runsSampledOut, failedCancelKeys, outcome };
  if (!mustBeRepeated(outcome)) {
    const { stale: _stale, sampledOut: _sampledOut, ...usual } = counts;
    const unusual = { ...(stale > 0 && { stale }), ...(sampledOut > 0 && { sampledOut }) };
    return { answer: httpAnswer(200, { ...usual, ...unusual }), ...reception };
  }
  const detail =
    unsent.length > 0
      ? `The queue did not take ${unsent.length} of ${received} events: try again`
      : `Another request is queueing ${busy.length} of ${received} events: try again`;
  return { ...refused({ status: 503, detail }), ...reception };
}

function refusedAsInvalid({ invalid }: SortedEvents, { title, advice }: OpenSource): Reception {
  const problem = invalid[0]?.problem;
  const detail = `There is no ${title} event in the body: ${problem}; ${advice.noEvents}`;
  return { ...refused({ status: 400, detail }), invalid };
}

function refused({ status, detail, headers }: HttpRefusal): Reception {
  return { answer: httpAnswer(status, { detail }, headers), detail };
}

function keysOf(events: readonly WantedEvent[]): readonly string[] {
  return events.map(({ claimKey }) => claimKey);
}
