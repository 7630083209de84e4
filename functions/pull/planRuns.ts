import { type EventIdentity, messageKey, pulledItemId, pulledMessageId, runIdFor } from '../ledger/keys.ts';
import type { PullCounts } from '../ledger/pullCursor.ts';
import type { LastPulled, QueuedItem } from '../ledger/pulledItems.ts';
import { performerOf } from '../mavera/actions/actionPerformers.ts';
import { hasChanged, type KeptItem, keptOf } from '../pulls/compareItem.ts';
import type { PulledItem } from '../pulls/pull.ts';
import type { TriggerPull } from '../pulls/pullOf.ts';
import {
  isInSample,
  maxMessageBytes,
  pullRoute,
  type RunMessage,
  writeRunMessage,
} from '../queue/runMessage.ts';
import { isNestedWithin } from '../schema/untrustedJson.ts';
import { parseSegmentEvent } from '../sources/segment/event.ts';
import { parseFql, validate } from '../triggers/segmentFql.ts';
import { shown } from '../triggers/shown.ts';
import { sourceOf } from '../triggers/sourcesOf.ts';
import { sizeOf } from './makeCalls.ts';

/** The route of posts that name none. */
const defaultRoute = 'default';

/** One occurrence of a pull, as far as its runs depend on it. */
export interface PlannedOccurrence {
  readonly occurrence: string;
  /** This step, counted from 0. */
  readonly step: number;
  readonly startedAtMs: number;
  /** Of the steps before this one. */
  readonly counts: PullCounts;
  readonly nowMs: number;
  readonly runDeadlineMs: number;
}

/** What the items of a step start. */
export interface PlannedRuns {
  readonly runs: readonly RunMessage[];
  /** To be kept once the runs are queued. */
  readonly queued: readonly QueuedItem[];
  readonly unchanged: ReadonlyMap<string, LastPulled>;
  /** All that the filter of the trigger wants. */
  readonly seen: readonly string[];
  readonly counts: PullCounts;
  /** What is wrong with the first item that was passed over, for people: it names the item's event only. */
  readonly problem?: string | undefined;
}

/**
 * The runs that the items of one step start: those that the filter wants, that have changed, and for which there is room. A
 * step that is taken again plans the same runs, whatever it had queued before. An item of which no event can be made is passed
 * over and counted, so that it does not keep the others from their runs.
 *
 * @param last what was last queued of each item
 */
export function planRuns(
  { trigger, as }: TriggerPull,
  items: readonly PulledItem[],
  last: ReadonlyMap<string, LastPulled>,
  planned: PlannedOccurrence,
): PlannedRuns {
  const filter = trigger.when === undefined ? undefined : parseFql(trigger.when);
  const credits = trigger.run.estimatedCredits ?? performerOf(trigger.run)?.estimatedCredits ?? 0;
  const counts = { ...planned.counts, items: planned.counts.items + items.length };
  const runs: RunMessage[] = [];
  const queued = new Map<string, QueuedItem>();
  const unchanged = new Map<string, LastPulled>();
  const found = items.map((item) => ({ item, made: madeOf(trigger, as, item, planned) }));
  const usable = found.flatMap(({ item, made }) => ('run' in made ? [{ item, ...made }] : []));
  const [problem] = found.flatMap(({ made }) => ('problem' in made ? [made.problem] : []));
  const wanted = usable.filter(({ run }) => filter === undefined || validate(filter, run.event));
  counts.unusable += found.length - usable.length;
  counts.leftOut += usable.length - wanted.length;
  for (const { item, run, kept } of wanted) {
    const known = last.get(item.item);
    if (!isInSample(run.runId, trigger.sample)) {
      counts.leftOut += 1;
    } else if (isUnchanged(known, kept, item, trigger.again, planned.occurrence)) {
      counts.unchanged += 1;
      unchanged.set(item.item, known);
    } else if (isQueued(item, queued, known, planned)) {
      // Found twice, such as in two pages: its run is made once, and takes room of `atMost` once.
    } else if (!hasRoom(trigger.atMost, counts, credits)) {
      counts.beyond += 1;
    } else {
      counts.runs += 1;
      counts.credits += credits;
      runs.push(run);
      const { digest, numbers } = isSameRun(known, item, planned.occurrence) ? known : kept;
      queued.set(item.item, { item: item.item, userId: item.userId, digest, numbers });
    }
  }
  // The sample is another one in each occurrence: an item that is not in it is still there.
  const seen = [...new Set(wanted.map(({ item }) => item.item))];
  return { runs, queued: [...queued.values()], unchanged, seen, counts, problem };
}

/** What an occurrence has queued before has the same run. If it has changed since, that is for the next occurrence. */
function isSameRun(
  known: LastPulled | undefined,
  { messageId }: PulledItem,
  occurrence: string,
): known is LastPulled {
  return known?.occurrence === occurrence && messageId === undefined;
}

/** Whether this step or an earlier one of the occurrence has queued it. A step that is taken again plans its own items again. */
function isQueued(
  item: PulledItem,
  queued: ReadonlyMap<string, QueuedItem>,
  known: LastPulled | undefined,
  { occurrence, step }: PlannedOccurrence,
): boolean {
  const isOfEarlierStep = isSameRun(known, item, occurrence) && known.step !== undefined && known.step < step;
  return isOfEarlierStep || queued.has(item.item);
}

function isUnchanged(
  known: LastPulled | undefined,
  kept: QueuedItem | Omit<QueuedItem, 'item'>,
  { compared }: PulledItem,
  again: 'always' | undefined,
  occurrence: string,
): known is LastPulled {
  // What this occurrence has queued itself is queued again by a step that is taken again: its run is the same one.
  const isOfBefore = known !== undefined && known.occurrence !== occurrence;
  return isOfBefore && again !== 'always' && !hasChanged(known, kept, compared?.share ?? 0);
}

function hasRoom(
  atMost: { readonly runs?: number; readonly credits?: number } | undefined,
  counts: PullCounts,
  credits: number,
): boolean {
  const { runs = Number.POSITIVE_INFINITY, credits: most = Number.POSITIVE_INFINITY } = atMost ?? {};
  return counts.runs + 1 <= runs && counts.credits + credits <= most;
}

type Made = { readonly run: RunMessage; readonly kept: KeptItem } | { readonly problem: string };

/** The step of a user may tell of anything, also of what JSON cannot write. */
function madeOf(
  trigger: TriggerPull['trigger'],
  as: TriggerPull['as'],
  item: PulledItem,
  planned: PlannedOccurrence,
): Made {
  try {
    const made = runOf(trigger, as, item, planned);
    const kept = keptOf(item);
    // It is kept as JSON.
    JSON.stringify(kept.numbers);
    return 'run' in made ? { run: made.run, kept } : made;
  } catch {
    return { problem: `An item ${shown(item.event)} is not JSON: it has a BigInt, or contains itself` };
  }
}

function runOf(
  trigger: TriggerPull['trigger'],
  as: TriggerPull['as'],
  { item, event: name, properties, userId, timestamp, messageId: given }: PulledItem,
  { occurrence, startedAtMs, nowMs, runDeadlineMs }: PlannedOccurrence,
): { readonly run: RunMessage } | { readonly problem: string } {
  if (typeof item !== 'string' || item === '') {
    return { problem: `An item "${name}" has no \`item\`, a string that tells it from the others` };
  }
  if (given !== undefined && typeof given !== 'string') {
    return { problem: `An item "${name}" has a messageId that is not a string` };
  }
  const messageId = given ?? pulledMessageId(trigger.name, item, occurrence);
  const element = {
    type: 'track',
    event: name,
    messageId,
    ...(userId === undefined ? {} : { userId }),
    timestamp: timestamp ?? new Date(startedAtMs).toISOString(),
    properties,
  };
  const parsed = isNestedWithin(element)
    ? parseSegmentEvent(element)
    : { ok: false as const, problem: 'it is nested too deeply' };
  if (!parsed.ok) {
    return { problem: `An item "${name}" makes no event: ${parsed.problem}` };
  }
  const source = sourceOf(trigger);
  const route = as === 'origin' ? pullRoute : ([trigger.route ?? defaultRoute].flat()[0] ?? defaultRoute);
  const identity: EventIdentity = { source, route, messageId, element };
  const run: RunMessage = {
    version: 1,
    runId: runIdFor(identity, messageKey(identity), trigger.name),
    trigger: trigger.name,
    source,
    route,
    messageId,
    receivedAtMs: nowMs,
    deadlineAtMs: nowMs + runDeadlineMs,
    ...(as === 'origin' ? { pulledItem: pulledItemId(trigger.name, item) } : {}),
    event: parsed.event,
  };
  const bytes = Buffer.byteLength(writeRunMessage(run));
  return bytes > maxMessageBytes
    ? { problem: `An item "${name}" has ${sizeOf(bytes)}, and a message may have ${sizeOf(maxMessageBytes)}` }
    : { run };
}
