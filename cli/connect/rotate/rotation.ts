import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { SegmentCredentials } from '../../../functions/sources/segment/credentials.ts';

/** What can be rotated: members of the secret. */
export type RotatedMember = 'sharedSecret' | 'bearerToken';

/** A rotation under way, kept in the secret itself; times are ISO 8601. */
export interface Rotation {
  readonly what: RotatedMember;
  /** Tells the new value from any other, without being it. */
  readonly fingerprint: string;
  /** Since when the receivers may know the new value. */
  readonly startedAt: string;
  /** Since when Segment uses the new value; absent before. */
  readonly switchedAt?: string | undefined;
}

const rotationSchema = z.object({
  what: z.enum(['sharedSecret', 'bearerToken']),
  fingerprint: z.string(),
  startedAt: z.iso.datetime(),
  switchedAt: z.iso.datetime().optional(),
});

/**
 * After how long every receiver can know a value: one that meets an unknown signature fetches the secret at once, but at
 * most once a minute.
 */
export const receiversKnowAfterMs = 75_000;

/** Segment retries for 4 hours, with what it had signed at first; and some time for its own caches. */
export const oldValueNeededMs = (4 * 60 + 15) * 60_000;

/** What is to be done next. */
export type NextStep =
  /** Put the new value before the old one. */
  | { readonly kind: 'start' }
  /** Wait until the receivers know it, then give it to Segment. */
  | { readonly kind: 'switch'; readonly notBeforeMs: number }
  /** Nothing but to wait: the old value is still needed. */
  | { readonly kind: 'keep'; readonly untilMs: number }
  /** Take the old value out. */
  | { readonly kind: 'finish' };

/** The rotation that a secret is in, if any; one that cannot be read is none. */
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

/** The new value first, all that were valid behind it. */
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
