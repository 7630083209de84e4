import { sum } from '../../statistics.ts';

/** The order to a handler's process: invoke the handler with each line of a file, one after the other. */
export interface InvokeOrder {
  /** NDJSON: an event of payload format 2.0 in each line. */
  readonly eventsFile: string;
  /** Whether to read the AWS calls' bodies and the log to find what is billed. It takes CPU, so not while CPU is measured. */
  readonly meter: boolean;
  /** Starts a request so often, whether earlier ones are answered or not. Without it, each follows the last answer. */
  readonly everyMs?: number;
}

/** The result of one order. */
export interface Invocations {
  /** User and system CPU of the handler's process. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** For each request, from its planned start to its answer. */
  readonly latenciesMs: readonly number[];
  /** Time in the handler as Lambda bills it: each request's, rounded up to a millisecond. */
  readonly billedMs: number;
  /** HTTP requests to AWS by operation, such as `PutItem`. */
  readonly calls: Readonly<Record<string, number>>;
  /** What AWS bills for them; all 0 if not metered. */
  readonly billed: BilledUnits;
  /** Bytes written to the function's log; 0 if not metered. */
  readonly logBytes: number;
  /** The largest resident set that the process ever had. */
  readonly peakRssBytes: number;
  /** The largest JavaScript heap during the order, sampled every 10 ms. */
  readonly peakHeapBytes: number;
  /** Events that the answers count as queued, as duplicates and as ignored. */
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

/** What AWS charges for. */
export interface BilledUnits {
  /** Of DynamoDB, 1 KB each. */
  readonly writeUnits: number;
  /** Of SQS, 64 KiB each. */
  readonly queueRequests: number;
}

/** The report of a handler's process: the handler is loaded, an order is done, or something went wrong. */
export type ProcessReport =
  | { readonly type: 'loaded'; readonly importMs: number }
  | { readonly type: 'done'; readonly invocations: Invocations }
  | { readonly type: 'failed'; readonly message: string };

/** The report of an error. */
export function failure(error: unknown): Extract<ProcessReport, { readonly type: 'failed' }> {
  return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
}
