import type { Action, BuilderContext } from '../../triggers/actions.ts';
import type { Per } from '../../triggers/eventKey.ts';
import type { MaveraRequest } from '../maveraClient.ts';

/** The result of a run. */
export interface ActionResult {
  /** As Mavera reports it; absent when it does not. */
  readonly creditsUsed?: number | undefined;
  /** Published, and kept with the run. */
  readonly result: Readonly<Record<string, unknown>>;
  /** Id of the thread or persona that the trigger keeps for the key. */
  readonly keptId?: string | undefined;
}

/** Work that Mavera has started and not finished. */
export interface PendingWork {
  readonly pendingId: string;
}

/** A call whose answer did not arrive: Mavera may have done the work. */
export interface LostCall {
  readonly request: MaveraRequest;
  readonly runId: string;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
}

/**
 * Reads from Mavera, within its rate limit.
 *
 * @param path below the base URL, with its query
 * @returns the JSON of a success
 * @throws an error of the runner for any other answer; callers do not catch it
 */
export type ReadMavera = (path: string) => Promise<unknown>;

/** What a request is made from, beside what the builder returned. */
export interface RequestOptions<A extends Action = Action> {
  readonly action: A;
  readonly runId: string;
  readonly context: BuilderContext;
  /** Id of the thread or persona that the trigger keeps for the key, once there is one. */
  readonly keptId?: string | undefined;
}

/** A request, and what it is expected to cost. */
export interface PricedRequest {
  readonly request: MaveraRequest;
  /** Present where it differs from the usual estimate of its kind. */
  readonly estimatedCredits?: number | undefined;
}

/** Mavera did the work, but the result cannot be used. The credits are spent, so the call is not repeated. */
export class OutputInvalidError extends Error {
  override readonly name = 'OutputInvalidError';
}

/** Nothing at Mavera tells whether the work of a lost call was done: a person has to look. */
export class NotRecoverableError extends Error {
  override readonly name = 'NotRecoverableError';
}

/** The state of pending work. */
export type PendingState =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly result: ActionResult }
  | { readonly kind: 'failed'; readonly detail: string };

/** How pending work is polled. */
export interface PendingPerformer<A extends Action> {
  readonly everyMs: (action: A) => number;
  readonly timeoutMs: (action: A) => number;
  request(pendingId: string): MaveraRequest;
  /** @throws ZodError when the answer has no status */
  read(json: unknown, action: A): PendingState;
}

/** How one kind of action becomes a request, and an answer a result. The runner makes the calls. */
export interface ActionPerformer<A extends Action = Action> {
  /** The `kind` of the actions that it performs. */
  readonly kind: A['kind'];
  /** What one run usually costs at most, where the trigger does not say. */
  readonly estimatedCredits: number;
  /** How many calls of this kind Mavera accepts at once; absent when no cap is documented. */
  readonly cap?: number;
  /** The key for which the trigger keeps a thread or persona, and why a run waits when the kept one is gone. */
  keeps?(action: A): { readonly per: Per; readonly gone: 'thread_gone' | 'persona_gone' } | undefined;
  /**
   * Makes the request from what a trigger's builder returned.
   *
   * @throws ZodError when Mavera would not accept the request, and what functions of the trigger throw
   */
  request(built: unknown, options: RequestOptions<A>): PricedRequest;
  /**
   * Reads the JSON of a success.
   *
   * @throws ZodError when it is not of the documented shape, OutputInvalidError when it cannot be used
   */
  readAnswer(json: unknown, action: A): ActionResult | PendingWork;
  /** How many reads {@link recover} usually needs at most. */
  readonly recoveryReads: number;
  /**
   * Recovers the work of a lost call: searches Mavera for it, because Mavera has no idempotency keys.
   *
   * @returns what was found, or `undefined` when the work was not done
   * @throws what `read` throws, ZodError for an answer that is not as documented, NotRecoverableError when nothing
   *   tells whether the work was done
   */
  recover(call: LostCall, read: ReadMavera): Promise<ActionResult | PendingWork | undefined>;
  /** Present for work that Mavera finishes later. */
  readonly pending?: PendingPerformer<A>;
}
