import type { MaveraRequest } from '../maveraClient.ts';

/** What a run has come to. */
export interface ActionResult {
  /** As Mavera reports it; absent when it does not. */
  readonly creditsUsed?: number | undefined;
  /** Published and kept with the run. */
  readonly result: Readonly<Record<string, unknown>>;
}

/** How one kind of action is performed: pure, the runner does the calling. */
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
  request(built: unknown): MaveraRequest;
  /**
   * Reads the JSON of a success.
   *
   * @throws ZodError when it is not of the documented shape
   */
  readAnswer(json: unknown): ActionResult;
}
