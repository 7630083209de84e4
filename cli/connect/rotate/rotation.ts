import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { SegmentCredentials } from '../../../functions/sources/segment/credentials.ts';

/** What can be rotated: members of the secret. */
export type RotatedMember = 'sharedSecret' | 'bearerToken';

/** A rotation under way, kept in the secret itself; times are ISO 8601. */
export interface Rotation {
  readonly what: RotatedMember;
  /** Identifies the new value without revealing it. */
  readonly fingerprint: string;
  /** When the new value was put into the secret. */
  readonly startedAt: string;
  /** When Segment got the new value; absent before. */
  readonly switchedAt?: string | undefined;
}

const rotationSchema = z.object({
  what: z.enum(['sharedSecret', 'bearerToken']),
  fingerprint: z.string(),
  startedAt: z.iso.datetime(),
  switchedAt: z.iso.datetime().optional(),
});

/**
 * After this time every receiver can know a value: a receiver that meets an unknown signature fetches the secret at once,
 * but at most once a minute.
 */
export const receiversKnowAfterMs = 75_000;

/** Segment retries for 4 hours with the first signature; and some time for its own caches. */
export const oldValueNeededMs = (4 * 60 + 15) * 60_000;

/** What to do next. */
export type NextStep =
  /** Put the new value before the old one. */
  | { readonly kind: 'start' }
  /** Wait until the receivers know it, then give it to Segment. */
  | { readonly kind: 'switch'; readonly notBeforeMs: number }
  /** Wait: the old value is still needed. */
  | { readonly kind: 'keep'; readonly untilMs: number }
  /** Remove the old value. */
  | { readonly kind: 'finish' };

/** The rotation that is recorded in a secret; `undefined` if there is none, or it cannot be read. */
export function readRotation(members: Readonly<Record<string, unknown>>): Rotation | undefined {
  return rotationSchema.safeParse(members.rotation).data;
}

export function nextStep(rotation: Rotation | undefined, nowMs: number): NextStep {
  if (rotation === undefined) {
    return { kind: 'start' };
  }
  if (rotation.switchedAt === undefined) {
    return { kind: 'switch', notBeforeMs: Date.parse(rotation.startedAt) + receiversKnowAfterMs };
  }
  const untilMs = Date.parse(rotation.switchedAt) + oldValueNeededMs;
  return nowMs < untilMs ? { kind: 'keep', untilMs } : { kind: 'finish' };
}

/** Twelve hex characters of its digest. */
export function fingerprintOf(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 12);
}

type Changes = Readonly<Record<string, unknown>>;

/** The new value first, all valid ones after it. */
export function startRotation(
  what: RotatedMember,
  newValue: string,
  credentials: SegmentCredentials,
  nowMs: number,
): Changes {
  return {
    [what]: [newValue, ...credentials[what]],
    rotation: {
      what,
      fingerprint: fingerprintOf(newValue),
      startedAt: new Date(nowMs).toISOString(),
    } satisfies Rotation,
  };
}

export function noteSwitch(rotation: Rotation, nowMs: number): Changes {
  return { rotation: { ...rotation, switchedAt: new Date(nowMs).toISOString() } satisfies Rotation };
}

/** The new value alone. */
export function finishRotation({ what }: Rotation, credentials: SegmentCredentials): Changes {
  return { [what]: credentials[what][0], rotation: undefined };
}
