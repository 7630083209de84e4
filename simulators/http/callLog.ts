/** One call at a simulator. */
export interface ApiCall {
  /** Arrival, in epoch milliseconds. */
  readonly atMs: number;
  /** The key, masked: never more than its last four characters. */
  readonly key: string;
  readonly method: string;
  /** Below the base path, without the query. */
  readonly path: string;
  readonly query: string;
  /** Parsed, or the text where it is not JSON; `undefined` when there was none. */
  readonly requestBody: unknown;
  /** The kind of the injected fault, if it met one. */
  readonly fault: string | undefined;
  /** `cut`: by a fault; `abandoned`: the client had gone before the answer. */
  readonly outcome: 'running' | 'answered' | 'cut' | 'abandoned';
  /** The status of the answer, also of one that the client did not wait for. */
  readonly status: number | undefined;
  readonly responseBody: unknown;
}

/** A call under way, whose answer is still to be filled in. */
export type OpenCall = { -readonly [Key in keyof ApiCall]: ApiCall[Key] };

/** Every call since the start, in the order of arrival. */
export class CallLog {
  readonly #calls: OpenCall[] = [];

  open(call: Pick<ApiCall, 'atMs' | 'key' | 'method' | 'path' | 'query'>): OpenCall {
    const opened: OpenCall = {
      ...call,
      requestBody: undefined,
      fault: undefined,
      outcome: 'running',
      status: undefined,
      responseBody: undefined,
    };
    this.#calls.push(opened);
    return opened;
  }

  all(): readonly ApiCall[] {
    return this.#calls.map((call) => ({ ...call }));
  }

  get size(): number {
    return this.#calls.length;
  }
}
