import type { RequestOptions } from '../../../../functions/mavera/actions/actionPerformer.ts';
import { describeSchemaError, isSchemaError } from '../../../../functions/schema/schemaError.ts';
import type { Action } from '../../../../functions/triggers/actions.ts';
import { segmentEvent } from '../../segmentEvents.ts';

/** The run that requests are made for. */
export const runId = '0123456789'.repeat(4);

/** What a request is made of, beside what the builder returned. */
export function requestOptions<A extends Action>(action: A, keptId?: string): RequestOptions<A> {
  const event = segmentEvent();
  return { action, runId, context: { event, events: [event], trigger: 'plan-upgraded' }, keptId };
}

/** The schema's problem that something is refused with. */
export function problemOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return isSchemaError(error) ? describeSchemaError(error) : `no schema error: ${String(error)}`;
  }
  throw new Error('it was accepted');
}
