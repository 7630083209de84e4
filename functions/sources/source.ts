/** Who posts events. */
export type SourceName = 'segment';

/** A request as it came in: header names in lower case, several of one name joined by a comma. */
export interface SourceRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** What was sent, base64 already undone: text where it came as text, which spares a copy of up to 5 MB. */
  readonly body: string | Uint8Array;
}

/** A request that is not let in, with what the sender may read about it. */
export interface Refusal {
  readonly status: 400 | 401;
  /** A sentence for whoever configures the source: what was wrong and which setting to change. */
  readonly detail: string;
  /** Whether other secrets than those tried could have let it in. */
  readonly mayBeRotated: boolean;
}

/** Whether a request comes from its source, and what it carries. */
export type Authentication =
  | { readonly ok: true; readonly elements: readonly unknown[] }
  | { readonly ok: false; readonly refusal: Refusal };
