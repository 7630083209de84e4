import { claimKey, type EventIdentity, messageKey, runIdFor } from '../ledger/keys.ts';
import { isInSample, type RunMessage, writeRunMessage } from '../queue/runMessage.ts';
import { maxMessageBytes, type OutgoingMessage } from '../queue/runQueue.ts';
import { isNestedWithin } from '../schema/isNestedWithin.ts';
import { isConnectionTest } from '../sources/segment/connectionTest.ts';
import { isOwnReport, isStale, parseSegmentEvent, type SegmentEvent } from '../sources/segment/event.ts';
import type { SourceName } from '../sources/source.ts';
import { type CompiledTrigger, matchTriggers } from '../triggers/matchTriggers.ts';
import type { Trigger } from '../triggers/trigger.ts';

/** Room for what the runner adds to a message: until when the run waits, or why it is dead-lettered. */
const roomForRunnerBytes = 4_096;

/** An event that a trigger wants, with the messages that queue its runs; none for a test of the connection. */
export interface WantedEvent {
  readonly claimKey: string;
  readonly triggers: readonly string[];
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
  /** `problem` names the field and never its value. */
  readonly invalid: readonly { readonly index: number; readonly problem: string }[];
}

/** The rules that elements are sorted by. */
export interface SortingRules {
  readonly source: SourceName;
  readonly route: string;
  readonly triggers: readonly CompiledTrigger[];
  readonly nowMs: number;
  readonly dedupeWindowMs: number;
  readonly runDeadlineMs: number;
  readonly acceptReplays: boolean;
}

type Sorted =
  | { readonly kind: 'wanted'; readonly event: WantedEvent; readonly runsSampledOut: number }
  | { readonly kind: 'sampledOut'; readonly runsSampledOut: number }
  | { readonly kind: 'ignored' | 'stale' }
  | { readonly kind: 'invalid'; readonly problem: string };

/** Reads, matches and deduplicates the elements of a request. */
export function sortEvents(elements: readonly unknown[], rules: SortingRules): SortedEvents {
  const wanted = new Map<string, WantedEvent>();
  const repeated: WantedEvent[] = [];
  const invalid: { index: number; problem: string }[] = [];
  const counts = { ignored: 0, stale: 0, sampledOut: 0 };
  let runsSampledOut = 0;
  for (const [index, element] of elements.entries()) {
    const sorted = sortElement(element, rules);
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
  return { wanted: [...wanted.values()], repeated, invalid, runsSampledOut, ...counts };
}

function sortElement(element: unknown, rules: SortingRules): Sorted {
  const parsed = parseSegmentEvent(element);
  if (!parsed.ok) {
    return { kind: 'invalid', problem: parsed.problem };
  }
  const { event } = parsed;
  const matched = matchTriggers(rules.triggers, rules.route, element);
  const isWanted = matched.length > 0 || isConnectionTest(event);
  if (!isWanted || isOwnReport(event)) {
    return { kind: 'ignored' };
  }
  if (!rules.acceptReplays && isStale(event, rules.nowMs, rules.dedupeWindowMs)) {
    return { kind: 'stale' };
  }
  return prepare(event, element, matched, rules);
}

function prepare(
  event: SegmentEvent,
  element: unknown,
  matched: readonly Trigger[],
  rules: SortingRules,
): Sorted {
  const { source, route, nowMs, runDeadlineMs } = rules;
  const identity: EventIdentity = { source, route, messageId: event.messageId, element };
  if (!isNestedWithin(element)) {
    return { kind: 'invalid', problem: 'the event is nested too deeply' };
  }
  const message = messageKey(identity);
  const runs = matched.map((trigger) => ({ trigger, runId: runIdFor(identity, message, trigger.name) }));
  const sampled = runs.filter(({ trigger, runId }) => isInSample(runId, trigger.sample));
  const runsSampledOut = runs.length - sampled.length;
  if (sampled.length === 0 && !isConnectionTest(event)) {
    return { kind: 'sampledOut', runsSampledOut };
  }
  const triggers = sampled.map(({ trigger: { name } }) => name);
  const messages = sampled.map(({ trigger, runId }): OutgoingMessage => {
    const run: RunMessage = {
      version: 1,
      runId,
      trigger: trigger.name,
      source,
      route,
      messageId: event.messageId,
      receivedAtMs: nowMs,
      deadlineAtMs: nowMs + runDeadlineMs,
      event,
    };
    return { id: runId, body: writeRunMessage(run), trigger: trigger.name };
  });
  if (messages.some(({ body }) => Buffer.byteLength(body) > maxMessageBytes - roomForRunnerBytes)) {
    return { kind: 'invalid', problem: 'the event is larger than a queue message can be (1 MiB)' };
  }
  return {
    kind: 'wanted',
    event: { claimKey: claimKey(identity, message), triggers, messages },
    runsSampledOut,
  };
}
