import type { CollectionPart } from '../ledger/collections.ts';
import { parseSegmentEvent, type SegmentEvent } from '../sources/segment/event.ts';
import { durationMs } from '../triggers/duration.ts';
import { thrownMessage } from '../triggers/shown.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { LeasedRun } from './leasedRun.ts';
import { LeaseLostError } from './leaseLostError.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { Step } from './runOutcome.ts';
import { collectionKeyOf } from './triggerKeys.ts';

/** The most events that are gathered for one run. */
const mostEvents = 1_000;

/** The events that a run is made for, oldest first. */
export interface CollectedEvents {
  readonly events: readonly [SegmentEvent, ...SegmentEvent[]];
  /** Their number, when the trigger collects. */
  readonly collected?: number | undefined;
}

/**
 * The events of a run: its own, or, when its trigger collects, all those of the collection that it has closed. Until
 * then it waits, or has nothing more to do.
 */
export async function collectEvents(
  delivery: LeasedRun,
  trigger: Trigger,
  dependencies: RunnerDependencies,
): Promise<Step<CollectedEvents>> {
  const { message, soFar } = delivery;
  if (soFar.collection !== undefined && soFar.collected !== undefined) {
    return await eventsOf(soFar.collection.id, soFar.collected, message.event, dependencies);
  }
  // One that has joined goes on as it began, whatever has become of the trigger meanwhile.
  const key = soFar.collection === undefined ? readKey(trigger, message.event) : { key: undefined };
  if (key.problem !== undefined) {
    return { ended: await delivery.fail({ reason: 'builder_failed', detail: key.problem }) };
  }
  const part =
    soFar.collection === undefined
      ? await join(delivery, trigger, key.key, dependencies)
      : await dependencies.collections.resume(delivery.lease, soFar.collection, {
          nowMs: dependencies.now(),
          expiresAtSeconds: expiryOf(0, dependencies),
        });
  if (part === undefined) {
    return { events: [message.event] };
  }
  switch (part.kind) {
    case 'lost':
      throw new LeaseLostError();
    case 'member':
      return { ended: await delivery.skip('collected') };
    case 'opener': {
      const { closesAtMs: untilMs } = part;
      const runTimeMs = message.deadlineAtMs - message.receivedAtMs;
      const deadlineAtMs = untilMs + runTimeMs;
      return { ended: await delivery.wait({ untilMs, reason: 'collecting', deadlineAtMs }) };
    }
    case 'performer':
      return await eventsOf(part.collection, part.count, message.event, dependencies);
  }
}

/** `key` is `undefined` when the trigger does not collect. */
function readKey(
  trigger: Trigger,
  event: SegmentEvent,
): { readonly key: string | undefined; readonly problem?: string } {
  try {
    return { key: trigger.collect === undefined ? undefined : collectionKeyOf(trigger, event) };
  } catch (error) {
    return { key: undefined, problem: `The function of collect.per threw: ${thrownMessage(error)}` };
  }
}

/** `undefined`: the trigger does not collect. */
async function join(
  { lease, message: { event } }: LeasedRun,
  trigger: Trigger,
  key: string | undefined,
  dependencies: RunnerDependencies,
): Promise<CollectionPart | undefined> {
  if (trigger.collect === undefined || key === undefined) {
    return undefined;
  }
  const { count = mostEvents, within } = trigger.collect;
  const withinMs = durationMs(within);
  return await dependencies.collections.join(lease, {
    key,
    event: JSON.stringify(event),
    nowMs: dependencies.now(),
    maxCount: count,
    withinMs,
    expiresAtSeconds: expiryOf(withinMs, dependencies),
  });
}

function expiryOf(withinMs: number, { now, settings }: RunnerDependencies): number {
  return Math.ceil((now() + withinMs + settings.runRetentionMs) / 1000);
}

async function eventsOf(
  collection: string,
  count: number,
  own: SegmentEvent,
  { collections }: RunnerDependencies,
): Promise<Step<CollectedEvents>> {
  const events = (await collections.events(collection, count)).flatMap((json) => {
    const parsed = parseSegmentEvent(JSON.parse(json));
    return parsed.ok ? [parsed.event] : [];
  });
  const [first = own, ...rest] = events;
  return { events: [first, ...rest], collected: count };
}
