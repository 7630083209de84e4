import { cancelKey, type EventIdentity, runIdFor } from '../ledger/keys.ts';
import { writeCancelMessage } from '../queue/runMessage.ts';
import type { OutgoingMessage } from '../queue/runQueue.ts';
import { eventTimeMs, type SegmentEvent } from '../sources/segment/event.ts';
import type { SourceName } from '../sources/source.ts';
import { durationMs } from '../triggers/duration.ts';
import { eventKey } from '../triggers/eventKey.ts';
import type { Trigger } from '../triggers/trigger.ts';

/** How long the `per` functions of one request may take together. The answer must not be late because of them. */
const maxFunctionsMs = 500;

/** Where and when the events of a request came. */
export interface Arrival {
  readonly source: SourceName;
  readonly route: string;
  readonly nowMs: number;
  readonly runDeadlineMs: number;
}

/** Keys of one trigger that could not be computed. */
export interface FailedCancelKeys {
  readonly trigger: string;
  readonly count: number;
  /** The place in the code that threw first. Absent if the time was used up, or what was thrown is not an error. */
  readonly at?: string | undefined;
}

/**
 * The messages of a request's events that cancel runs. `per` may be a function of the triggers file: if it throws or is
 * slow, the request's events are queued nevertheless, and the keys that are missing are counted.
 */
export class Cancellations {
  readonly #arrival: Arrival;
  readonly #now: () => number;
  readonly #failed = new Map<string, FailedCancelKeys>();
  #usedMs = 0;

  /** @param now measures how long functions take */
  constructor(arrival: Arrival, now: () => number) {
    this.#arrival = arrival;
    this.#now = now;
  }

  /**
   * One message for each trigger whose runs the event cancels, if the event has a key there. A `per` function may change the
   * event, so it is not used any more afterwards.
   */
  messagesOf(
    event: SegmentEvent,
    triggers: readonly Trigger[],
    identity: EventIdentity,
    message: string,
  ): readonly OutgoingMessage[] {
    const { source, route, nowMs, runDeadlineMs } = this.#arrival;
    const { messageId } = identity;
    const atMs = eventTimeMs(event, nowMs);
    return triggers.flatMap((trigger): readonly OutgoingMessage[] => {
      const key = this.#keyOf(trigger, event);
      if (key === undefined) {
        return [];
      }
      const { name } = trigger;
      const id = `cancel#${runIdFor(identity, message, name)}`;
      const origin = { trigger: name, source, route, messageId };
      const expiresAtMs = nowMs + longestMs(trigger, runDeadlineMs);
      const body = writeCancelMessage({ version: 1, kind: 'cancel', ...origin, key, atMs, expiresAtMs });
      return [{ id, body, trigger: name, kind: 'cancel' }];
    });
  }

  get failedKeys(): readonly FailedCancelKeys[] {
    return [...this.#failed.values()];
  }

  #keyOf({ name, cancelledBy }: Trigger, event: SegmentEvent): string | undefined {
    if (cancelledBy === undefined) {
      return undefined;
    }
    if (this.#usedMs >= maxFunctionsMs) {
      this.#countFailure(name);
      return undefined;
    }
    const startedAtMs = this.#now();
    try {
      const key = eventKey(cancelledBy.per, event);
      return key === undefined ? undefined : cancelKey(name, key);
    } catch (error) {
      this.#countFailure(name, placeOf(error));
      return undefined;
    } finally {
      this.#usedMs += this.#now() - startedAtMs;
    }
  }

  #countFailure(trigger: string, place?: string): void {
    const { count = 0, at = place } = this.#failed.get(trigger) ?? {};
    this.#failed.set(trigger, { trigger, count: count + 1, at });
  }
}

/**
 * How long after its event a run may still begin. The deadline of a run that follows another counts from that one's end, and
 * that of a collection from when it closes.
 */
function longestMs({ after, collect }: Trigger, runDeadlineMs: number): number {
  const collectingMs = collect === undefined ? 0 : durationMs(collect.within);
  return runDeadlineMs + collectingMs + (after === undefined ? 0 : longestMs(after, runDeadlineMs));
}

/** Where an error was thrown, without its message, which may quote the event. */
function placeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || typeof error.stack !== 'string') {
    return undefined;
  }
  const { message, stack } = error;
  const begin = stack.indexOf(message);
  const lines = begin < 0 ? [] : stack.slice(begin + message.length).split('\n');
  return lines.find((line) => line.startsWith('    at '))?.trim();
}
