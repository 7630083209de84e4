import * as z from 'zod';

/** An event that SegOps took. */
export interface TrackedEvent {
  readonly user_id: string;
  readonly event_type: string;
  readonly occurred_at?: string | undefined;
  readonly payload?: Readonly<Record<string, unknown>> | undefined;
}

/** GUESS: that `event_type` has to be in snake_case to pass, and that ids are strings. */
const eventSchema = z.object({
  user_id: z.string().min(1),
  event_type: z.string().regex(/^[a-z][a-z0-9_]*$/, 'Enter a valid event type in snake_case.'),
  occurred_at: z.iso.datetime({ offset: true }).optional(),
  payload: z.record(z.string(), z.unknown()).optional(),
});

/** An event that passes validation, or the first field that does not. */
export type ReadEvent =
  | { readonly ok: true; readonly event: TrackedEvent }
  | { readonly ok: false; readonly field: string; readonly text: string };

/** Validates an event of the ingestion. */
export function readTrackedEvent(value: unknown): ReadEvent {
  const result = eventSchema.safeParse(value);
  if (result.success) {
    return { ok: true, event: result.data };
  }
  const [issue] = result.error.issues;
  const field = String(issue?.path[0] ?? 'non_field_errors');
  const isMissing = typeof value === 'object' && value !== null && Reflect.get(value, field) === undefined;
  return { ok: false, field, text: isMissing ? 'This field is required.' : (issue?.message ?? 'Invalid.') };
}
