import * as z from 'zod/mini';
import { cancelKey, collectionKey, cooldownKey, keptKey, tallyKey } from '../ledger/keys.ts';
import type { ActionPerformer, PricedRequest } from '../mavera/actions/actionPerformer.ts';
import { performerOf } from '../mavera/actions/actionPerformers.ts';
import type { RunMessage } from '../queue/runMessage.ts';
import { describeSchemaError, isSchemaError } from '../schema/schemaError.ts';
import type { SegmentEvent } from '../sources/segment/event.ts';
import type { SystemRequest } from '../systems/systemClient.ts';
import { actionKinds, type BuilderContext } from '../triggers/actions.ts';
import { eventKey, type Per } from '../triggers/eventKey.ts';
import { thrownMessage } from '../triggers/shown.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { TallyGiven } from './tallyEvents.ts';

/** The events that a run is made for, oldest first. */
export type CollectedEvents = readonly [SegmentEvent, ...SegmentEvent[]];

/** What a run is made for. */
export interface RunInput {
  readonly events: CollectedEvents;
  /** Of a run that follows others: their results, in the order of the events. */
  readonly results?: readonly unknown[] | undefined;
  /** Of a run whose trigger tallies; its only event is its own. */
  readonly counters?: TallyGiven | undefined;
}

/** What a run is made for that collects nothing. */
export function ownInput({ event, after }: RunMessage): RunInput {
  return { events: [event], results: after === undefined ? undefined : [after.result] };
}

/** What a request is built for. */
export interface RequestSubject {
  readonly runId: string;
  /** At least one, oldest first. */
  readonly events: CollectedEvents;
  /** Id of the thread or persona that the trigger keeps for the key. */
  readonly keptId?: string | undefined;
  /** What the trigger's functions are given beside the events: what was looked up, and results. @default nothing */
  readonly given?: Readonly<Record<string, unknown>> | undefined;
  /** Nothing else uses the events and their results, so the builder gets them and not a copy. @default false */
  readonly ownsEvents?: boolean | undefined;
}

/** The Mavera request of a trigger for an event, or why there is none. */
export type PreparedRequest =
  | {
      readonly ok: true;
      readonly performer: ActionPerformer;
      readonly request: SystemRequest;
      readonly estimatedCredits: number;
    }
  | {
      readonly ok: false;
      readonly reason: 'action_unknown' | 'builder_failed' | 'request_invalid';
      readonly detail: string;
    };

/** What a builder returned is not a valid request. The message is the end of a sentence that says so. */
class UnusableRequestError extends Error {
  override readonly name = 'UnusableRequestError';
}

/** Runs a trigger's request builder and checks what it returned. It makes no call. */
export function prepareRequest(trigger: Trigger, subject: RequestSubject): PreparedRequest {
  const performer = performerOf(trigger.run);
  if (performer === undefined) {
    const detail = `There is no action "${trigger.run.kind}"; the actions are ${actionKinds.join(', ')}`;
    return { ok: false, reason: 'action_unknown', detail };
  }
  // A copy: what a builder does to what it is given, such as sorting a list, must not be queued, kept or shown.
  const { results, ...others } = subject.given ?? {};
  const ofEvents = { events: subject.events, ...(results === undefined ? {} : { results }) };
  const { events, ...ofRuns } = subject.ownsEvents ? ofEvents : structuredClone(ofEvents);
  const context = builderContext(trigger.name, events, { ...structuredClone(others), ...ofRuns });
  try {
    const built: unknown = trigger.run.build(context);
    const priced = price(performer, built, trigger, subject, context);
    const estimatedCredits =
      trigger.run.estimatedCredits ?? priced.estimatedCredits ?? performer.estimatedCredits;
    return { ok: true, performer, request: priced.request, estimatedCredits };
  } catch (error) {
    if (error instanceof UnusableRequestError) {
      const detail = `The request builder returned a request that Mavera does not accept: ${error.message}`;
      return { ok: false, reason: 'request_invalid', detail };
    }
    const detail = `The request builder threw: ${thrownMessage(error)}`;
    return { ok: false, reason: 'builder_failed', detail };
  }
}

/** What a trigger's functions are given. Where events were counted, there is no list of them. */
export function builderContext(
  trigger: string,
  events: RequestSubject['events'],
  given: RequestSubject['given'] = {},
): BuilderContext {
  const context: BuilderContext = { ...given, event: events.at(-1) ?? events[0], events, trigger };
  if (given.tally !== undefined) {
    Reflect.deleteProperty(context, 'events');
  }
  return context;
}

function price(
  performer: ActionPerformer,
  built: unknown,
  { run: action }: Trigger,
  { runId, keptId }: RequestSubject,
  context: BuilderContext,
): PricedRequest {
  if (built instanceof Promise) {
    built.catch(() => undefined);
    throw new UnusableRequestError(
      'the builder is asynchronous; it has to return the request itself, not a promise',
    );
  }
  try {
    const priced = performer.request(built, { action, runId, context, keptId });
    assertWritable(priced.request.body);
    return priced;
  } catch (error) {
    throw isSchemaError(error) ? new UnusableRequestError(describeSchemaError(error)) : error;
  }
}

function assertWritable(body: unknown): void {
  try {
    JSON.stringify(body);
  } catch (error) {
    throw new UnusableRequestError(`it cannot be written as JSON: ${thrownMessage(error)}`);
  }
}

/** The credits that a run of a trigger is expected to cost, before its request is built. */
export function expectedCreditsOf({ run }: Trigger): number {
  return run.estimatedCredits ?? performerOf(run)?.estimatedCredits ?? 0;
}

const triggerKeysSchema = z.object({
  cooldown: z.optional(z.string()),
  /** Where the events are noted that cancel the run. */
  cancel: z.optional(z.string()),
  kept: z.optional(z.string()),
});

/** Keys of a trigger's ledger items for an event; absent where the event has no such key. */
export type TriggerKeys = Readonly<z.infer<typeof triggerKeysSchema>>;

/** Reads the keys in a run's item; `undefined` for those that cannot be read, which are then computed again. */
export function readTriggerKeys(json: string | undefined): TriggerKeys | undefined {
  const read = json === undefined ? undefined : triggerKeysSchema.safeParse(JSON.parse(json));
  return read?.success === true ? read.data : undefined;
}

/**
 * The keys of what a run shares with the trigger's other runs.
 *
 * @throws what the trigger's own functions throw
 */
export function triggerKeys({ name, cooldown, cancelledBy, run }: Trigger, event: SegmentEvent): TriggerKeys {
  const keptBy = performerOf(run)?.keeps?.(run)?.per;
  return {
    cooldown: keyed(cooldown?.per, event, (key) => cooldownKey(name, key)),
    cancel: keyed(cancelledBy?.per, event, (key) => cancelKey(name, key)),
    kept: keyed(keptBy, event, (key) => keptKey(name, key)),
  };
}

/**
 * The key of the collection that an event belongs to. All events without a key are collected together.
 *
 * @throws what the trigger's own function throws
 */
export function collectionKeyOf({ name, collect }: Trigger, event: SegmentEvent): string {
  const per = collect?.per;
  const key = per === undefined ? '' : `of ${eventKey(per, event) ?? ''}`;
  return collect?.tally === undefined ? collectionKey(name, key) : tallyKey(name, key);
}

function keyed(
  per: Per | undefined,
  event: SegmentEvent,
  write: (key: string) => string,
): string | undefined {
  const key = per === undefined ? undefined : eventKey(per, event);
  return key === undefined ? undefined : write(key);
}
