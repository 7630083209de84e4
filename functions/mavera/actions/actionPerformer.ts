import type { SystemRequest } from '../../systems/systemClient.ts';
import type { Action, BuilderContext } from '../../triggers/actions.ts';
import type { Per } from '../../triggers/eventKey.ts';
import type { Recovery } from '../recovery/recovery.ts';
import type { ActionResult, PendingWork } from './actionResult.ts';

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
  readonly request: SystemRequest;
  /** Present where it differs from the usual estimate of its kind. */
  readonly estimatedCredits?: number | undefined;
}

/** Mavera did the work, but the result cannot be used. The credits are spent, so the call is not repeated. */
export class OutputInvalidError extends Error {
  override readonly name = 'OutputInvalidError';
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
  request(pendingId: string): SystemRequest;
  /** @throws ZodError when the answer has no status */
  read(json: unknown, action: A): PendingState;
}

/** A thread or persona that a trigger keeps at Mavera for each key. */
export interface KeptByAction {
  readonly per: Per;
  /** Why a run waits when the kept one is gone. */
  readonly gone: 'thread_gone' | 'persona_gone';
  /** Each run replaces what earlier ones have written: a run with an older event than the last one must not. */
  readonly byEventTime?: true | undefined;
}

/** How one kind of action becomes a request, and an answer a result. The runner makes the calls. */
export interface ActionPerformer<A extends Action = Action> {
  /** The `kind` of the actions that it performs. */
  readonly kind: A['kind'];
  /** What one run usually costs at most, where the trigger does not say. */
  readonly estimatedCredits: number;
  /** How many calls of this kind Mavera accepts at once; absent when no cap is documented. */
  readonly cap?: number;
  /** With a cap: how long its work is taken to last until some of it has been measured. */
  readonly typicalMs?: number;
  /** What the trigger keeps at Mavera for each key, if anything. */
  keeps?(action: A): KeptByAction | undefined;
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
  /** How the work of a lost call is searched for at Mavera. Absent where Mavera offers nothing to search. */
  readonly recovery?: Recovery;
  /** Present for work that Mavera finishes later. */
  readonly pending?: PendingPerformer<A>;
}
