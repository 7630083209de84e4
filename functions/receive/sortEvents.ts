import { claimKey, type EventIdentity, messageKey, runIdFor } from '../ledger/keys.ts';
import { isInSample, maxMessageBytes, type RunMessage, writeRunMessage } from '../queue/runMessage.ts';
import type { OutgoingMessage } from '../queue/runQueue.ts';
import { isNestedWithin } from '../schema/untrustedJson.ts';
import { isConnectionTest, isOwnReport, isStale, type SegmentEvent } from '../sources/segment/event.ts';
import type { ReadEvent } from '../sources/source.ts';
import { type CompiledTrigger, matchCancelledTriggers, matchTriggers } from '../triggers/matchTriggers.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { type Arrival, Cancellations, type FailedCancelKeys } from './cancellations.ts';

/** Room for what the runner adds to a message: until when the run waits, or why it is dead-lettered. */
const roomForRunnerBytes = 4_096;

/**
 * An event that starts runs or cancels some, with the messages that tell the runner; none for a test of the connection.
 */
export interface WantedEvent {
  readonly claimKey: string;
  /** Triggers of which it starts a run. */
  readonly triggers: readonly string[];
  /** Triggers whose runs it cancels. */
  readonly cancels: readonly string[];
  readonly messages: readonly OutgoingMessage[];
}

/** The elements of a request, sorted before any call to AWS. */
export interface SortedEvents {
  /** One for each event, however many elements repeat it. */
  readonly wanted: readonly WantedEvent[];
  /** Elements that repeat an earlier one of the same request. */
  readonly repeated: readonly WantedEvent[];
  readonly ignored: number;
  readonly stale: number;
  /** Events that only triggers want in whose sample they are not. */
  readonly sampledOut: number;
  /** Runs that are not queued because they are not in their trigger's sample, also those of `wanted` events. */
  readonly runsSampledOut: number;
  /** Keys of cancelling events that could not be computed, by trigger. */
  readonly failedCancelKeys: readonly FailedCancelKeys[];
  /** `problem` names the field and never its value. */
  readonly invalid: readonly { readonly index: number; readonly problem: string }[];
}

/** The rules that elements are sorted by. */
export interface SortingRules extends Arrival {
  /** Reads an element as an event. */
  readonly toEvent: (element: unknown) => ReadEvent;
  /** The triggers of the source. */
  readonly triggers: readonly CompiledTrigger[];
  /** Measures how long functions of the triggers file take. */
  readonly now: () => number;
  readonly dedupeWindowMs: number;
  readonly acceptReplays: boolean;
}

type Sorted =
  | { readonly kind: 'wanted'; readonly event: WantedEvent; readonly runsSampledOut: number }
  | { readonly kind: 'sampledOut'; readonly runsSampledOut: number }
  | { readonly kind: 'ignored' | 'stale' }
  | { readonly kind: 'invalid'; readonly problem: string };

/** The triggers that an event matches. */
interface Matched {
  readonly started: readonly Trigger[];
  readonly cancelled: readonly Trigger[];
}

/** Reads, matches and deduplicates the elements of a request. */
export function sortEvents(elements: readonly unknown[], rules: SortingRules): SortedEvents {
  const wanted = new Map<string, WantedEvent>();
  const repeated: WantedEvent[] = [];
  const invalid: { index: number; problem: string }[] = [];
  const counts = { ignored: 0, stale: 0, sampledOut: 0 };
  const isCancelling = rules.triggers.some(({ cancelFilter }) => cancelFilter !== undefined);
  const cancellations = isCancelling ? new Cancellations(rules, rules.now) : undefined;
  let runsSampledOut = 0;
  for (const [index, element] of elements.entries()) {
    const sorted = sortElement(element, rules, cancellations);
    runsSampledOut += 'runsSampledOut' in sorted ? sorted.runsSampledOut : 0;
    if (sorted.kind === 'invalid') {
      invalid.push({ index, problem: sorted.problem });
    } else if (sorted.kind !== 'wanted') {
      counts[sorted.kind] += 1;
    } else if (wanted.has(sorted.event.claimKey)) {
      repeated.push(sorted.event);
    } else {
      wanted.set(sorted.event.claimKey, sorted.event);
    }
  }
  const failedCancelKeys = cancellations?.failedKeys ?? [];
  return { wanted: [...wanted.values()], repeated, invalid, runsSampledOut, failedCancelKeys, ...counts };
}

function sortElement(
  element: unknown,
  rules: SortingRules,
  cancellations: Cancellations | undefined,
): Sorted {
  const read = rules.toEvent(element);
  if (!read.ok) {
    return { kind: 'invalid', problem: read.problem };
  }
  const { event, filtered } = read;
  const { triggers, route } = rules;
  const isTest = isConnectionTest(event);
  const started = isTest ? [] : matchTriggers(triggers, route, filtered);
  const cancelled =
    isTest || cancellations === undefined ? [] : matchCancelledTriggers(triggers, route, filtered);
  const isWanted = isTest || started.length > 0 || cancelled.length > 0;
  if (!isWanted || isOwnReport(event)) {
    return { kind: 'ignored' };
  }
  if (!rules.acceptReplays && isStale(event, rules.nowMs, rules.dedupeWindowMs)) {
    return { kind: 'stale' };
  }
  return prepare(event, element, { started, cancelled }, rules, cancellations);
}

function prepare(
  event: SegmentEvent,
  element: unknown,
  { started, cancelled }: Matched,
  rules: SortingRules,
  cancellations: Cancellations | undefined,
): Sorted {
  const { source, route } = rules;
  const identity: EventIdentity = { source, route, messageId: event.messageId, element };
  if (!isNestedWithin(element)) {
    return { kind: 'invalid', problem: 'the event is nested too deeply' };
  }
  const message = messageKey(identity);
  const runs = started.map((trigger) => ({ trigger, runId: runIdFor(identity, message, trigger.name) }));
  const sampled = runs.filter(({ trigger, runId }) => isInSample(runId, trigger.sample));
  const runsSampledOut = runs.length - sampled.length;
  const runMessages = sampled.map(({ trigger, runId }) => runOf(trigger.name, runId, event, rules));
  const cancels =
    cancelled.length === 0 ? [] : (cancellations?.messagesOf(event, cancelled, identity, message) ?? []);
  if (sampled.length === 0 && cancels.length === 0 && !isConnectionTest(event)) {
    return started.length === 0 ? { kind: 'ignored' } : { kind: 'sampledOut', runsSampledOut };
  }
  const messages = cancels.length === 0 ? runMessages : [...cancels, ...runMessages];
  if (messages.some(({ body }) => Buffer.byteLength(body) > maxMessageBytes - roomForRunnerBytes)) {
    return { kind: 'invalid', problem: 'the event is larger than a queue message can be (1 MiB)' };
  }
  return {
    kind: 'wanted',
    event: {
      claimKey: claimKey(identity, message),
      triggers: runMessages.map(({ trigger }) => trigger),
      cancels: cancels.map(({ trigger }) => trigger),
      messages,
    },
    runsSampledOut,
  };
}

function runOf(trigger: string, runId: string, event: SegmentEvent, rules: SortingRules): OutgoingMessage {
  const { source, route, nowMs, runDeadlineMs } = rules;
  const run: RunMessage = {
    version: 1,
    runId,
    trigger,
    source,
    route,
    messageId: event.messageId,
    receivedAtMs: nowMs,
    deadlineAtMs: nowMs + runDeadlineMs,
    event,
  };
  return { id: runId, body: writeRunMessage(run), trigger, kind: 'run' };
}
