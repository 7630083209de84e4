import { readEntry, writeEntry } from '../ledger/collectedEvents.ts';
import type { CollectionPart } from '../ledger/collections.ts';
import { LeaseLostError } from '../ledger/runLease.ts';
import { parseSegmentEvent, type SegmentEvent } from '../sources/segment/event.ts';
import { durationMs } from '../triggers/duration.ts';
import { thrownMessage } from '../triggers/shown.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { LeasedRun } from './leasedRun.ts';
import { type CollectedEvents, collectionKeyOf, ownInput, type RunInput } from './prepareRequest.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { Ended } from './runOutcome.ts';

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
    return await eventsOf(run, soFar.collection.id, soFar.collected, dependencies);
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
      return await eventsOf(run, part.collection, part.count, dependencies);
  }
}

/** Returns the events of a run that has already called Mavera: those of its closed collection, or its own event. */
export async function eventsOfCall(
  run: LeasedRun,
  dependencies: RunnerDependencies,
): Promise<CollectedEvents> {
  const { collection, collected } = run.soFar;
  return collection === undefined || collected === undefined
    ? [run.message.event]
    : (await eventsOf(run, collection.id, collected, dependencies)).events;
}

type Part =
  | Exclude<CollectionPart, { readonly kind: 'lost' }>
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
    return leased(await collections.resume(lease, soFar.collection, options));
  }
  if (trigger.collect === undefined) {
    return { kind: 'not_collected' };
  }
  let key: string;
  try {
    key = collectionKeyOf(trigger, event);
  } catch (error) {
    return {
      kind: 'problem',
      detail: `The trigger's \`collect.per\` function threw: ${thrownMessage(error)}`,
    };
  }
  const { count: maxCount = mostEvents, within } = trigger.collect;
  const withinMs = durationMs(within);
  const joined = {
    event: writeEntry({ event, result: after?.result }),
    maxCount,
    maxBytes: mostBytes,
    withinMs,
    expiresAtSeconds: expiryAfter(withinMs),
  };
  return leased(await collections.join(lease, { key, nowMs, ...joined }));
}

function leased(part: CollectionPart): Exclude<CollectionPart, { readonly kind: 'lost' }> {
  if (part.kind === 'lost') {
    throw new LeaseLostError();
  }
  return part;
}

async function eventsOf(
  run: LeasedRun,
  collection: string,
  count: number,
  { collections }: RunnerDependencies,
): Promise<RunInput> {
  const events: SegmentEvent[] = [];
  const results: unknown[] = [];
  for await (const json of collections.events(collection, count)) {
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
