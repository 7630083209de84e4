import type { ActionPerformer, PricedRequest } from '../mavera/actions/actionPerformer.ts';
import { performerOf } from '../mavera/actions/actionPerformers.ts';
import type { MaveraRequest } from '../mavera/maveraClient.ts';
import { describeSchemaError, isSchemaError } from '../schema/schemaError.ts';
import type { SegmentEvent } from '../sources/segment/event.ts';
import { actionKinds, type BuilderContext } from '../triggers/actions.ts';
import { thrownMessage } from '../triggers/shown.ts';
import type { Trigger } from '../triggers/trigger.ts';

/** What a request is built for. */
export interface RequestSubject {
  readonly runId: string;
  /** At least one, oldest first. */
  readonly events: readonly [SegmentEvent, ...SegmentEvent[]];
  /** Id of the thread or persona that the trigger keeps for the key. */
  readonly keptId?: string | undefined;
}

/** The Mavera request of a trigger for an event, or why there is none. */
export type PreparedRequest =
  | {
      readonly ok: true;
      readonly performer: ActionPerformer;
      readonly request: MaveraRequest;
      readonly estimatedCredits: number;
    }
  | {
      readonly ok: false;
      readonly reason: 'action_unknown' | 'builder_failed' | 'request_invalid';
      readonly detail: string;
    };

/** What a builder returned is no request; the message ends the sentence that tells so. */
class UnusableRequestError extends Error {
  override readonly name = 'UnusableRequestError';
}

/** Runs a trigger's request builder and checks what it returned; calls nobody. */
export function prepareRequest(trigger: Trigger, subject: RequestSubject): PreparedRequest {
  const performer = performerOf(trigger.run);
  if (performer === undefined) {
    const detail = `There is no action "${trigger.run.kind}"; the actions are ${actionKinds.join(', ')}`;
    return { ok: false, reason: 'action_unknown', detail };
  }
  // A copy: what a builder does to its events, such as sorting a list of them, must not be queued or kept.
  const events = structuredClone(subject.events);
  const context: BuilderContext = { event: events.at(-1) ?? events[0], events, trigger: trigger.name };
  try {
    const built: unknown = trigger.run.build(context);
    const priced = price(performer, built, trigger, subject, context);
    const estimatedCredits =
      trigger.run.estimatedCredits ?? priced.estimatedCredits ?? performer.estimatedCredits;
    return { ok: true, performer, request: priced.request, estimatedCredits };
  } catch (error) {
    if (error instanceof UnusableRequestError) {
      const detail = `The request builder's request is not one that Mavera takes: ${error.message}`;
      return { ok: false, reason: 'request_invalid', detail };
    }
    const detail = `The request builder threw: ${thrownMessage(error)}`;
    return { ok: false, reason: 'builder_failed', detail };
  }
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
    throw new UnusableRequestError('the builder is asynchronous, where it has to return the request itself');
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
