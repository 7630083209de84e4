import { readEntry, writeEntry } from '../ledger/collectedEvents.ts';
import type { CollectionPart } from '../ledger/collectionWrites.ts';
import type { CountedNames } from '../ledger/counters.ts';
import { isTallyKey } from '../ledger/keys.ts';
import { LeaseLostError } from '../ledger/runLease.ts';
import { parseSegmentEvent, type SegmentEvent } from '../sources/segment/event.ts';
import { durationMs } from '../triggers/duration.ts';
import { thrownMessage } from '../triggers/shown.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { LeasedRun } from './leasedRun.ts';
import { type CollectedEvents, collectionKeyOf, ownInput, type RunInput } from './prepareRequest.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { Ended } from './runOutcome.ts';
import { countAll, countedNames, tallyGiven } from './tallyEvents.ts';

/** The most events of one collection. */
const mostEvents = 1_000;
/** JSON of all events of one collection, which its run has in memory at once; the last event may go beyond it. */
const mostBytes = 32 * 1024 * 1024;

/**
 * Returns the events of a run whose trigger collects: all events of the collection that it has closed. The run waits
 * until the collection closes. A run whose event is in another run's collection is skipped.
 */
export async function collectEvents(
  run: LeasedRun,
  trigger: Trigger,
  dependencies: RunnerDependencies,
): Promise<RunInput | Ended> {
  const { message, soFar } = run;
  if (soFar.collection !== undefined && soFar.collected !== undefined) {
    return await inputOf(run, trigger, { ...soFar.collection, count: soFar.collected }, dependencies);
  }
  const part = await partOf(run, trigger, dependencies);
  switch (part.kind) {
    case 'not_collected':
      return ownInput(message);
    case 'problem':
      return await run.fail({ reason: 'builder_failed', detail: part.detail });
    case 'member':
      return await run.skip('collected');
    case 'opener': {
      const runTimeMs = message.deadlineAtMs - message.receivedAtMs;
      const deadlineAtMs = part.closesAtMs + runTimeMs;
      return await run.wait({ untilMs: part.closesAtMs, reason: 'collecting', deadlineAtMs });
    }
    case 'closer':
      // At its admission many runs are at work: a collection that is full is read by a delivery of its own.
      if (run.isAdmission) {
        return await run.wait({ untilMs: dependencies.now(), reason: 'collecting' });
      }
      return await inputOf(run, trigger, { ...part, id: part.collection }, dependencies);
  }
}

/** Returns the events of a run that has already called Mavera: those of its closed collection, or its own event. */
export async function eventsOfCall(
  run: LeasedRun,
  dependencies: RunnerDependencies,
): Promise<CollectedEvents> {
  const { collection, collected } = run.soFar;
  return collection === undefined || collected === undefined || isTallyKey(collection.key)
    ? [run.message.event]
    : (await readCollected(run, { ...collection, count: collected }, dependencies)).events;
}

type Part =
  | Exclude<CollectionPart, { readonly kind: 'lost' | 'closer' }>
  | (Extract<CollectionPart, { readonly kind: 'closer' }> & { readonly key: string })
  | { readonly kind: 'not_collected' }
  | { readonly kind: 'problem'; readonly detail: string };

/** Joins the open collection of the run's key. A run that has already joined one goes on with it. */
async function partOf(
  { lease, soFar, message: { event, after } }: LeasedRun,
  trigger: Trigger,
  { collections, settings, now }: RunnerDependencies,
): Promise<Part> {
  const nowMs = now();
  const expiryAfter = (withinMs: number): number =>
    Math.ceil((nowMs + withinMs + settings.runRetentionMs) / 1000);
  if (soFar.collection !== undefined) {
    const options = { nowMs, expiresAtSeconds: expiryAfter(0) };
    return keyed(leased(await collections.resume(lease, soFar.collection, options)), soFar.collection.key);
  }
  if (trigger.collect === undefined) {
    return { kind: 'not_collected' };
  }
  const { tally, within } = trigger.collect;
  let key: string;
  let counted: CountedNames | undefined;
  try {
    key = collectionKeyOf(trigger, event);
  } catch (error) {
    return {
      kind: 'problem',
      detail: `The trigger's \`collect.per\` function threw: ${thrownMessage(error)}`,
    };
  }
  try {
    counted = tally === undefined ? undefined : countedNames(tally, event);
  } catch (error) {
    return { kind: 'problem', detail: tallyThrew(error) };
  }
  const withinMs = durationMs(within);
  const expiresAtSeconds = expiryAfter(withinMs);
  if (counted !== undefined) {
    const { count: maxCount = Number.POSITIVE_INFINITY } = trigger.collect;
    const options = { key, nowMs, event: counted, maxCount, withinMs, expiresAtSeconds };
    return keyed(leased(await collections.count(lease, options)), key);
  }
  const { count: maxCount = mostEvents } = trigger.collect;
  const joined = {
    event: writeEntry({ event, result: after?.result }),
    maxCount,
    maxBytes: mostBytes,
    withinMs,
    expiresAtSeconds,
  };
  return keyed(leased(await collections.join(lease, { key, nowMs, ...joined })), key);
}

function keyed(part: Exclude<CollectionPart, { readonly kind: 'lost' }>, key: string): Part {
  return part.kind === 'closer' ? { ...part, key } : part;
}

function leased(part: CollectionPart): Exclude<CollectionPart, { readonly kind: 'lost' }> {
  if (part.kind === 'lost') {
    throw new LeaseLostError();
  }
  return part;
}

/** A collection that a run has closed. */
interface ClosedCollection {
  readonly id: string;
  readonly key: string;
  readonly count: number;
}

/**
 * What a run is made for. A new deployment may have begun to tally, or have stopped, while the collection was open: events that
 * were kept are counted now, and without them a run has its own event alone.
 */
async function inputOf(
  run: LeasedRun,
  { collect }: Trigger,
  closed: ClosedCollection,
  dependencies: RunnerDependencies,
): Promise<RunInput | Ended> {
  if (isTallyKey(closed.key)) {
    const counters = await dependencies.collections.counters(closed.id);
    run.report({ collected: closed.count, countedAsOther: counters.beyond || undefined });
    const own = ownInput(run.message);
    return collect?.tally === undefined ? own : { ...own, counters: tallyGiven(counters, closed.count) };
  }
  const input = await readCollected(run, closed, dependencies);
  if (collect?.tally === undefined) {
    return input;
  }
  try {
    return { ...ownInput(run.message), counters: countAll(collect.tally, input.events) };
  } catch (error) {
    return await run.fail({ reason: 'builder_failed', detail: tallyThrew(error) });
  }
}

async function readCollected(
  run: LeasedRun,
  { id, count }: ClosedCollection,
  { collections }: RunnerDependencies,
): Promise<RunInput> {
  const events: SegmentEvent[] = [];
  const results: unknown[] = [];
  for await (const json of collections.events(id, count)) {
    const { event, result } = readEntry(JSON.parse(json));
    const parsed = parseSegmentEvent(event);
    if (parsed.ok) {
      events.push(parsed.event);
      results.push(result);
    }
  }
  run.report({ collected: count });
  const [first, ...rest] = events;
  return first === undefined
    ? ownInput(run.message)
    : { events: [first, ...rest], results: run.message.after === undefined ? undefined : results };
}

function tallyThrew(error: unknown): string {
  return `The trigger's \`collect.tally\` function threw: ${thrownMessage(error)}`;
}
