import { sum } from '../../statistics.ts';

/** What a handler's process is told to do: invoke the handler with each line of a file, one after the other. */
export interface InvokeOrder {
  /** NDJSON: an event of payload format 2.0 a line. */
  readonly eventsFile: string;
  /** Reads the AWS calls' bodies and the log to tell what they are billed; costs CPU, so not while that is measured. */
  readonly meter: boolean;
  /** Starts a request every so often, whatever became of those before; without it each follows on the last answer. */
  readonly everyMs?: number;
}

/** What the invocations of one order took and did. */
export interface Invocations {
  /** User and system CPU of the handler's process. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Of each request, from the moment it was to start until its answer. */
  readonly latenciesMs: readonly number[];
  /** Time in the handler as Lambda bills it: each request's, rounded up to a millisecond. */
  readonly billedMs: number;
  /** HTTP requests to AWS by operation, such as `PutItem`. */
  readonly calls: Readonly<Record<string, number>>;
  /** What AWS bills for them; all 0 unless metered. */
  readonly billed: BilledUnits;
  /** Written to the function's log; 0 unless metered. */
  readonly logBytes: number;
  /** The largest resident set that the process ever had. */
  readonly peakRssBytes: number;
  /** Highest use of the JavaScript heap during the order, looked at every 10 ms. */
  readonly peakHeapBytes: number;
  /** Events that the answers count as queued, as queued before, and as ignored. */
  readonly queued: number;
  readonly duplicates: number;
  readonly ignored: number;
  /** Answers other than 200, as `503 {"detail": …}`. */
  readonly refusals: readonly string[];
}

/** AWS calls of all operations together. */
export function callsOf({ calls }: Invocations): number {
  return sum(Object.values(calls));
}

/** What AWS charges by. */
export interface BilledUnits {
  /** Of DynamoDB, 1 KB each. */
  readonly writeUnits: number;
  /** Of SQS, 64 KiB each. */
  readonly queueRequests: number;
}

/** What a handler's process says: that the handler is loaded, what an order took, or what went wrong. */
export type ProcessReport =
  | { readonly type: 'loaded'; readonly importMs: number }
  | { readonly type: 'done'; readonly invocations: Invocations }
  | { readonly type: 'failed'; readonly message: string };

/** The report of an error. */
export function failure(error: unknown): ProcessReport {
  return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
}
