import type { SegmentEvent } from './segment/event.ts';

/** The systems that post events to us. */
export const sourceNames = ['segment', 'sendgrid', 'segops'] as const;

export type SourceName = (typeof sourceNames)[number];

/** A request as it came in: header names in lower case; headers of the same name joined by a comma. */
export interface SourceRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body, with base64 decoded. A body that came as a string stays one, which saves a copy of up to 5 MB. */
  readonly body: string | Uint8Array;
  /** When AWS received the request, in epoch milliseconds. */
  readonly arrivedAtMs?: number | undefined;
}

/** Whether a request is signed by its source; `wrong` also where the signature does not cover enough of it. */
export type SignatureVerdict = 'missing' | 'wrong' | 'right';

/** Why a request is not accepted, as the sender may read it. */
export interface Refusal {
  readonly status: 400 | 401;
  /** A sentence for the person who configures the source: what was wrong, and which setting to change. */
  readonly detail: string;
  readonly signature: SignatureVerdict;
  /** Whether it could be accepted with another secret than those tried. */
  readonly mayBeRotated: boolean;
}

/** Whether a request comes from its source, and its elements. */
export type Authentication =
  | { readonly ok: true; readonly elements: readonly unknown[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** One element of a request, read as an event of Segment's spec. */
export type ReadEvent =
  | {
      readonly ok: true;
      readonly event: SegmentEvent;
      /** What the triggers' filters are matched against. For Segment it is the element as it came. */
      readonly filtered: unknown;
    }
  /** `problem` names the field and never its value. */
  | { readonly ok: false; readonly problem: string };

/** What the receiver has to know of a system that posts events. */
export interface Source<Credentials> {
  readonly name: SourceName;
  /** The name as people write it. */
  readonly title: string;
  /** What to do about a body that is too large, and about a body without events. */
  readonly advice: { readonly tooLarge: string; readonly noEvents: string };
  /**
   * Reads the secret's JSON.
   *
   * @throws ZodError with the names of the fields, never their values
   */
  readonly parseCredentials: (secret: unknown) => Credentials;
  /** Decides over the raw bytes whether a request comes from the source. The elements are parsed from what was verified. */
  readonly authenticate: (request: SourceRequest, credentials: Credentials, nowMs: number) => Authentication;
  /** Whether the source has signed a request, or a part of it, whatever else is wrong with it. */
  readonly isSigned: (request: SourceRequest, credentials: Credentials) => boolean;
  /** Reads one element of an authenticated request. */
  readonly toEvent: (element: unknown, credentials: Credentials) => ReadEvent;
}
