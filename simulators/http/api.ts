import type { IncomingHttpHeaders } from 'node:http';
import type { ApiAnswer } from './reply.ts';

/** A call that has arrived. */
export interface ArrivedCall {
  /** Arrival, in epoch milliseconds. */
  readonly atMs: number;
  readonly method: string;
  /** Below the base path, without the query, as it was sent: still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** The first look at a call: its credentials, and the limits. */
export interface Arrival {
  /** Whose call it is, for the log: masked, never a whole secret. */
  readonly key: string;
  /** Absent: the call is admitted. */
  readonly refusal?: ApiAnswer | undefined;
  /** That every answer of this call has, refusals included. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call that has passed authentication and the limits. */
export interface AdmittedCall extends ArrivedCall {
  /** `undefined`: the body was larger than the API accepts. */
  readonly body: string | undefined;
  /** Waits for this time and for the delay of an injected fault. */
  readonly takeTime: (ms: number) => Promise<void>;
}

/** What one API does with its calls. The server around it has the faults, the log and the control endpoints. */
export interface Api {
  /** For messages, such as `SegOps`. */
  readonly name: string;
  /** In front of every path, such as `/api/v1`; may be empty. */
  readonly basePath: string;
  readonly maxBodyBytes: number;
  /** Looks at a call when it arrives, so that a slow body does not shift a limit's window. */
  arrive(call: ArrivedCall): Arrival;
  /** Does the work of a call. What it throws is answered with 500. */
  answer(call: AdmittedCall): Promise<ApiAnswer>;
  /** The API's own error for a status, such as that of an injected fault. */
  errorBody(status: number, code?: string, message?: string): unknown;
  /** Counts for `GET /__simulator/state`. */
  state(): object;
  /**
   * Answers control endpoints of its own.
   *
   * @param what method and path, such as `POST /__simulator/events`
   * @returns `undefined` for an unknown one
   */
  control?(what: string, body: unknown): Promise<ApiAnswer | undefined>;
  /** Called when a call is over; `undefined`: the connection was cut. */
  ended?(call: ArrivedCall, status: number | undefined): void;
}
