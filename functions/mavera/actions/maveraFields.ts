import * as z from 'zod/mini';
import type { BuilderContext } from '../../triggers/actions.ts';

/** What a persona costs, whatever its pipeline. Source: Mavera, "Credits". */
export const personaCredits = 300;

/** No call costs more; a greater number is a mistake. */
const maxCredits = 1_000_000;

/** Credits as Mavera reports them; absent where it reports none, or an impossible number. */
export const creditsField = z.catch(
  z.optional(z.number().check(z.minimum(0), z.maximum(maxCredits))),
  undefined,
);

/**
 * An id in an answer. Later calls have it in their paths: half a character cannot be written there, and `..` would
 * lead to another resource.
 */
export const idField = z
  .string()
  .check(z.regex(/^(?!\.{1,2}$)[^\p{Cc}\p{Cs}]{1,200}$/u, 'expected an id of 1 to 200 characters'));

/**
 * A member of an answer; `undefined` where there is none.
 *
 * @param path names of members with dots between them, such as `usage.credits_used`
 */
export function memberAt(json: unknown, path: string): unknown {
  return path.split('.').reduce((value: unknown, name) => {
    const members = typeof value === 'object' && value !== null ? value : {};
    return Object.hasOwn(members, name) ? (members as Readonly<Record<string, unknown>>)[name] : undefined;
  }, json);
}

/**
 * The persona that a trigger names, as an id or as a function of its event.
 *
 * @throws TypeError when the function returns no id, and what the function throws
 */
export function personaIdOf(
  personaId: string | ((context: BuilderContext) => string),
  context: BuilderContext,
): string {
  const id: unknown = typeof personaId === 'function' ? personaId(context) : personaId;
  // `.` and `..` would lead to another resource.
  if (typeof id !== 'string' || ['', '.', '..'].includes(id)) {
    throw new TypeError('the function of personaId returned no id');
  }
  return id;
}

/** A moment in an answer, which may be absent; {@link epochMsOf} reads it. */
export const momentField = z.optional(z.nullable(z.union([z.number(), z.string()])));

type Moment = z.infer<typeof momentField>;

/** How far Mavera's clock and ours may be apart. */
const clockSkewMs = 60_000;

/**
 * A moment in epoch milliseconds; NaN where there is none.
 * Mavera's reference has Unix seconds in some samples and ISO 8601 in others.
 */
export function epochMsOf(moment: Moment): number {
  return typeof moment === 'number' ? moment * 1000 : Date.parse(moment ?? '');
}

/**
 * Whether a moment is before a time of our clock, however far the clocks are apart; `false` where there is no moment.
 *
 * @param ms epoch milliseconds
 */
export function isBefore(moment: Moment, ms: number): boolean {
  return epochMsOf(moment) < ms - clockSkewMs;
}

/**
 * Whether a moment may be at or after a time of our clock; `false` where there is no moment.
 *
 * @param ms epoch milliseconds
 */
export function mayBeSince(moment: Moment, ms: number): boolean {
  return epochMsOf(moment) >= ms - clockSkewMs;
}
