import type { ActionPerformer } from '../mavera/actions/actionPerformer.ts';
import { actionPerformers } from '../mavera/actions/actionPerformers.ts';
import type { MaveraRequest } from '../mavera/maveraClient.ts';
import { describeSchemaError, isSchemaError } from '../schema/schemaError.ts';
import type { SegmentEvent } from '../sources/segment/event.ts';
import type { Trigger } from '../triggers/trigger.ts';

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

class UnwritableRequestError extends Error {
  override readonly name = 'UnwritableRequestError';
}

function assertWritable(body: unknown): void {
  try {
    JSON.stringify(body);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnwritableRequestError(`it cannot be written as JSON: ${why}`);
  }
}

/** Runs a trigger's request builder and checks what it returned; calls nobody. */
export function prepareRequest(trigger: Trigger, event: SegmentEvent, runId: string): PreparedRequest {
  const performer = actionPerformers.get(trigger.run.kind);
  if (performer === undefined) {
    const known = [...actionPerformers.keys()].join(', ');
    const detail = `There is no action "${trigger.run.kind}"; the actions are ${known}`;
    return { ok: false, reason: 'action_unknown', detail };
  }
  let built: unknown;
  try {
    built = trigger.run.build({ event, trigger: trigger.name });
  } catch (error) {
    const detail = `The request builder threw: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, reason: 'builder_failed', detail };
  }
  if (built instanceof Promise) {
    built.catch(() => undefined);
    const detail = 'The request builder is asynchronous: it has to return the request itself';
    return { ok: false, reason: 'request_invalid', detail };
  }
  try {
    const request = performer.request(built, runId);
    assertWritable(request.body);
    const estimatedCredits = trigger.run.estimatedCredits ?? performer.estimatedCredits;
    return { ok: true, performer, request, estimatedCredits };
  } catch (error) {
    if (isSchemaError(error) || error instanceof UnwritableRequestError) {
      const problem = isSchemaError(error) ? describeSchemaError(error) : error.message;
      const detail = `The request builder's request is not one that Mavera takes: ${problem}`;
      return { ok: false, reason: 'request_invalid', detail };
    }
    throw error;
  }
}
