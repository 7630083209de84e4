import { mostCollectedBytes, readEntry, writeEntry } from '../ledger/collectedEvents.ts';
import type { CollectionPart } from '../ledger/collectionWrites.ts';
import type { CountedNames } from '../ledger/counters.ts';
import { isTallyKey } from '../ledger/keys.ts';
import { LeaseLostError } from '../ledger/runLease.ts';
import { durationMs } from '../triggers/duration.ts';
import { thrownMessage } from '../triggers/shown.ts';
import type { Trigger } from '../triggers/trigger.ts';
import {
  type CollectedResult,
  eventsOf,
  inputOfCollection,
  itemResultOf,
  ownResults,
  type ReadCollection,
  readCollected,
} from './comparison.ts';
import type { LeasedRun } from './leasedRun.ts';
import { type CollectedEvents, collectionKeyOf, ownInput, type RunInput } from './prepareRequest.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { Ended } from './runOutcome.ts';
import { countAll, countedNames, tallyGiven } from './tallyEvents.ts';

/** The most events of one collection. */
const mostEvents = 1_000;

/**
 * Returns the events of a run whose trigger collects: all events of the collection that it has closed, and those of the
 * unchanged items that they are compared with. The run waits until the collection closes. A run whose event is in another
 * run's collection is skipped.
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
  const read =
    collection === undefined || collected === undefined || isTallyKey(collection.key)
      ? undefined
      : await readCollection(run, { ...collection, count: collected }, dependencies);
  return read === undefined ? [run.message.event] : eventsOf(read.collected);
}

type Part =
  | Exclude<CollectionPart, { readonly kind: 'lost' | 'closer' }>
  | (Extract<CollectionPart, { readonly kind: 'closer' }> & { readonly key: string })
  | { readonly kind: 'not_collected' }
  | { readonly kind: 'problem'; readonly detail: string };

/** Joins the open collection of the run's key. A run that has already joined one goes on with it. */
async function partOf(
  { lease, soFar, message }: LeasedRun,
  trigger: Trigger,
  dependencies: RunnerDependencies,
): Promise<Part> {
  const { collections, settings, now } = dependencies;
  const { event, after, pulledItem } = message;
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
    event: writeEntry({ event, result: after?.result, pulledItem }),
    maxCount,
    maxBytes: mostCollectedBytes,
    withinMs,
    expiresAtSeconds,
    itemResult: itemResultOf(message, trigger, key, dependencies),
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
  trigger: Trigger,
  closed: ClosedCollection,
  dependencies: RunnerDependencies,
): Promise<RunInput | Ended> {
  const { collect } = trigger;
  if (isTallyKey(closed.key)) {
    const counters = await dependencies.collections.counters(closed.id);
    run.report({ collected: closed.count, countedAsOther: counters.beyond || undefined });
    const own = ownInput(run.message);
    return collect?.tally === undefined ? own : { ...own, counters: tallyGiven(counters, closed.count) };
  }
  const read = await readCollection(run, closed, dependencies);
  if (collect?.tally === undefined) {
    return read === undefined
      ? { ...ownInput(run.message), results: ownResults(run.message, trigger, dependencies) }
      : await inputOfCollection(run, trigger, read, dependencies);
  }
  try {
    const events = read === undefined ? [run.message.event] : eventsOf(read.collected);
    return { ...ownInput(run.message), counters: countAll(collect.tally, events) };
  } catch (error) {
    return await run.fail({ reason: 'builder_failed', detail: tallyThrew(error) });
  }
}

/** All that a closed collection has; `undefined` if nothing of it can be read. */
async function readCollection(
  run: LeasedRun,
  { id, key, count }: ClosedCollection,
  { collections }: RunnerDependencies,
): Promise<ReadCollection | undefined> {
  const collected: CollectedResult[] = [];
  let bytes = 0;
  for await (const json of collections.events(id, count)) {
    collected.push(...readCollected(readEntry(JSON.parse(json))));
    bytes += Buffer.byteLength(json);
  }
  run.report({ collected: count });
  const [first, ...rest] = collected;
  return first === undefined ? undefined : { key, collected: [first, ...rest], bytes };
}

function tallyThrew(error: unknown): string {
  return `The trigger's \`collect.tally\` function threw: ${thrownMessage(error)}`;
}
