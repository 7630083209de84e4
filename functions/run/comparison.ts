import type { CollectedEntry } from '../ledger/collectedEvents.ts';
import type { ItemResult } from '../ledger/lastResults.ts';
import type { RunMessage } from '../queue/runMessage.ts';
import { eventTimeMs, parseSegmentEvent, type SegmentEvent } from '../sources/segment/event.ts';
import { comparedPullOf } from '../triggers/pulledChain.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { LeasedRun } from './leasedRun.ts';
import type { CollectedEvents, RunInput } from './prepareRequest.ts';
import type { RunnerDependencies } from './runDependencies.ts';

/** An event that was collected, and the result of the run that its run follows. */
export interface CollectedResult {
  readonly event: SegmentEvent;
  readonly result: unknown;
  readonly pulledItem?: string | undefined;
}

/** What a closed collection has. */
export interface ReadCollection {
  readonly key: string;
  readonly collected: readonly [CollectedResult, ...CollectedResult[]];
  /** Of the JSON of all that it has. */
  readonly bytes: number;
}

/** What a collecting trigger keeps of a run as the last result of its item; `undefined` if it compares no items. */
export function itemResultOf(
  { runId, pulledItem, event, after, receivedAtMs }: RunMessage,
  trigger: Trigger,
  collection: string,
  { triggers }: Pick<RunnerDependencies, 'triggers'>,
): ItemResult | undefined {
  if (pulledItem === undefined || comparedPullOf(trigger, triggers) === undefined) {
    return undefined;
  }
  const entry = { event, result: after?.result };
  const asOfMs = eventTimeMs(event, receivedAtMs);
  return { trigger: trigger.name, pulledItem, collection, entry, asOfMs, runId };
}

/**
 * What a run is made for that has closed a collection. If a pull began the chain, that is the last result of each item that
 * the pull sees: the newest of the collection, and what was kept of the items that have not changed.
 */
export async function inputOfCollection(
  run: LeasedRun,
  trigger: Trigger,
  { key, collected, bytes }: ReadCollection,
  dependencies: Pick<RunnerDependencies, 'triggers' | 'lastResults'>,
): Promise<RunInput> {
  const pull = comparedPullOf(trigger, dependencies.triggers);
  if (pull === undefined) {
    const results = run.message.after === undefined ? undefined : collected.map(({ result }) => result);
    return { events: eventsOf(collected), results };
  }
  const newest = newestOfEachItem(collected);
  const { entries, leftOut } = await dependencies.lastResults.unchanged({
    trigger: trigger.name,
    pull: pull.name,
    collection: key,
    collected: new Set(newest.flatMap(({ pulledItem }) => pulledItem ?? [])),
    count: newest.length,
    bytes,
  });
  const unchanged = entries.flatMap(readCollected);
  run.noteComparison({ changed: newest.length, unchanged: unchanged.length, leftOut });
  const [oldest = newest[0], ...later] = [...unchanged, ...newest];
  return {
    events: eventsOf([oldest, ...later]),
    results: [...unchanged.map((one) => marked(one, false)), ...newest.map((one) => marked(one, true))],
  };
}

/** What was collected, as its JSON says; nothing if that is no event. */
export function readCollected({ event, result, pulledItem }: CollectedEntry): readonly CollectedResult[] {
  const parsed = parseSegmentEvent(event);
  return parsed.ok ? [{ event: parsed.event, result, pulledItem }] : [];
}

/** The results of a run that has collected nothing yet, as its trigger's functions are given them. */
export function ownResults(
  { after }: RunMessage,
  trigger: Trigger,
  { triggers }: Pick<RunnerDependencies, 'triggers'>,
): readonly unknown[] | undefined {
  if (after === undefined) {
    return undefined;
  }
  return [comparedPullOf(trigger, triggers) === undefined ? after.result : { ...after.result, isNew: true }];
}

/** An item whose newest result its trigger does not want is not compared any more. */
export async function dropLastResult(
  { message }: LeasedRun,
  trigger: Trigger,
  { triggers, lastResults }: Pick<RunnerDependencies, 'triggers' | 'lastResults'>,
): Promise<void> {
  const { pulledItem, event, receivedAtMs } = message;
  if (pulledItem !== undefined && comparedPullOf(trigger, triggers) !== undefined) {
    await lastResults.remove(trigger.name, pulledItem, eventTimeMs(event, receivedAtMs));
  }
}

/** Of each item what happened last, in the order in which it was collected. */
function newestOfEachItem(collected: ReadCollection['collected']): ReadCollection['collected'] {
  const newest = new Map<unknown, CollectedResult>();
  for (const one of collected) {
    const item = one.pulledItem ?? Symbol('no item');
    const known = newest.get(item);
    if (known === undefined || happenedAtMs(known) <= happenedAtMs(one)) {
      newest.delete(item);
      newest.set(item, one);
    }
  }
  const [first = collected[0], ...rest] = newest.values();
  return [first, ...rest];
}

/** The events of what was collected. */
export function eventsOf([first, ...rest]: ReadCollection['collected']): CollectedEvents {
  return [first.event, ...rest.map(({ event }) => event)];
}

function happenedAtMs({ event }: CollectedResult): number {
  return eventTimeMs(event, Number.POSITIVE_INFINITY);
}

function marked({ result }: CollectedResult, isNew: boolean): Readonly<Record<string, unknown>> {
  return { ...(result as Readonly<Record<string, unknown>> | undefined), isNew };
}
