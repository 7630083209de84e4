import type { Action, BuilderContext } from '../../triggers/actions.ts';
import type { Per } from '../../triggers/eventKey.ts';
import type { MaveraRequest } from '../maveraClient.ts';

/** What a run has come to. */
export interface ActionResult {
  /** As Mavera reports it; absent when it does not. */
  readonly creditsUsed?: number | undefined;
  /** Published and kept with the run. */
  readonly result: Readonly<Record<string, unknown>>;
  /** Id of the thread or persona that the trigger keeps for the key. */
  readonly keptId?: string | undefined;
}

/** Work that Mavera has taken on, and has not finished. */
export interface PendingWork {
  readonly pendingId: string;
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

/** What a request is made of, beside what the builder returned. */
export interface RequestOptions<A extends Action = Action> {
  readonly action: A;
  readonly runId: string;
  readonly context: BuilderContext;
  /** Id of the thread or persona that the trigger keeps for the key, once there is one. */
  readonly keptId?: string | undefined;
}

/** A request. */
export interface PricedRequest {
  readonly request: MaveraRequest;
  /** Where it is expected to cost something else than its kind usually does. */
  readonly estimatedCredits?: number | undefined;
}

/** The success was no use: the credits are spent, and the call is not made again. */
export class OutputInvalidError extends Error {
  override readonly name = 'OutputInvalidError';
}

/** Whether the work of a lost call was done cannot be found out: people have to look. */
export class NotRecoverableError extends Error {
  override readonly name = 'NotRecoverableError';
}

/** What a look at pending work shows. */
export type PendingState =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly result: ActionResult }
  | { readonly kind: 'failed'; readonly detail: string };

/** How work is looked at that Mavera finishes by and by. */
export interface PendingPerformer<A extends Action> {
  readonly everyMs: (action: A) => number;
  readonly timeoutMs: (action: A) => number;
  request(pendingId: string): MaveraRequest;
  /** @throws ZodError when the answer has no status */
  read(json: unknown, action: A): PendingState;
}

/** How one kind of action is performed; the runner does the calling. */
export interface ActionPerformer<A extends Action = Action> {
  /** The `kind` of the actions that it performs. */
  readonly kind: A['kind'];
  /** What one run usually costs at most, where the trigger does not say. */
  readonly estimatedCredits: number;
  /** Works of this kind that Mavera takes at once; none is documented when absent. */
  readonly cap?: number;
  /** By what the trigger keeps a thread or a persona, and why a kept one that is gone makes the run wait. */
  keeps?(action: A): { readonly per: Per; readonly gone: 'thread_gone' | 'persona_gone' } | undefined;
  /**
   * The request for what a trigger's builder returned.
   *
   * @throws ZodError when the builder's request is not one that Mavera takes, and what functions of the trigger throw
   */
  request(built: unknown, terms: RequestOptions<A>): PricedRequest;
  /**
   * Reads the JSON of a success.
   *
   * @throws ZodError when it is not of the documented shape, OutputInvalidError when it is of no use
   */
  readAnswer(json: unknown, action: A): ActionResult | PendingWork;
  /** Reads that {@link recover} usually needs at most. */
  readonly recoveryReads: number;
  /**
   * Looks for the work of a call whose answer was lost, since Mavera knows no idempotency keys.
   *
   * @returns what was found, or `undefined` when the work was not done
   * @throws what `read` throws, ZodError for what is not as documented, NotRecoverableError when it cannot be told
   */
  recover(call: LostCall, read: ReadMavera): Promise<ActionResult | PendingWork | undefined>;
  /** For work that Mavera finishes by and by. */
  readonly pending?: PendingPerformer<A>;
}
