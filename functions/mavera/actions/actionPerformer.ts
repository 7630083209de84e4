import type { MaveraRequest } from '../maveraClient.ts';

/** What a run has come to. */
export interface ActionResult {
  /** As Mavera reports it; absent when it does not. */
  readonly creditsUsed?: number | undefined;
  /** Published and kept with the run. */
  readonly result: Readonly<Record<string, unknown>>;
}

/** A call whose answer did not arrive: Mavera may have done the work, or not. */
export interface LostCall {
  readonly request: MaveraRequest;
  readonly runId: string;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
}

/**
 * Reads from Mavera, at its pace.
 *
 * @param path with its query, below the base URL
 * @returns the JSON of a success
 * @throws an error of the runner's for any other answer, to be let through
 */
export type ReadMavera = (path: string) => Promise<unknown>;

/** How one kind of action is performed; the runner does the calling. */
export interface ActionPerformer {
  /** The `kind` of the actions that it performs. */
  readonly kind: string;
  /** Credits of one run, where neither the trigger nor the answer says better. */
  readonly estimatedCredits: number;
  /**
   * The request for what a trigger's builder returned.
   *
   * @throws ZodError when the builder's request is not one that Mavera takes
   */
  request(built: unknown, runId: string): MaveraRequest;
  /**
   * Reads the JSON of a success.
   *
   * @throws ZodError when it is not of the documented shape
   */
  readAnswer(json: unknown): ActionResult;
  /**
   * Looks for the work of a call whose answer was lost, since Mavera knows no idempotency keys.
   *
   * @returns the result, or `undefined` when the work was not done
   * @throws what `read` throws, and ZodError for what is not as documented: it cannot be told
   */
  recover(call: LostCall, read: ReadMavera): Promise<ActionResult | undefined>;
}
