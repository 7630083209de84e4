/** The systems that post events to us. */
export type SourceName = 'segment';

/** A request as it came in: header names in lower case; headers of the same name joined by a comma. */
export interface SourceRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body, with base64 decoded. A body that came as a string stays one, which saves a copy of up to 5 MB. */
  readonly body: string | Uint8Array;
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
