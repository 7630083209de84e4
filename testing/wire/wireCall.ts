import type { System } from '../../functions/access/operation.ts';
import type { OperationName } from '../../functions/access/operations.ts';

/** The run for which the functions call, and what it is told by the test. */
export interface Caller {
  readonly runId: string;
  readonly trigger: string;
}

/** A call as it arrives at a system. */
export interface ArrivingCall {
  readonly system: System;
  /** Absent for a call that the catalogue of operations does not know. */
  readonly operation: OperationName | undefined;
  readonly method: string;
  /** Below the base URL, with its query. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** The answer of a system. */
export interface SystemAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; `undefined` for none. */
  readonly body: unknown;
}

/** What comes back: an answer, or a connection that breaks. */
export type WireAnswer = SystemAnswer | 'lost';

/** A call over the wire, with what came back. */
export interface WireCall extends Omit<ArrivingCall, 'headers'> {
  readonly atMs: number;
  /** Absent for a call of a pull. */
  readonly caller: Caller | undefined;
  readonly status: number | 'lost';
}

/** Answers the calls to one system. */
export type AnswerCall = (call: ArrivingCall, caller: Caller | undefined) => WireAnswer | Promise<WireAnswer>;
