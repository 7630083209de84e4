import type { core } from 'zod';
import type { SegmentEvent } from '../sources/segment/event.ts';
import type { AskMaveResult, FocusGroupResult, PersonaResult, RespondAsResult } from './actionResults.ts';
import type { Duration } from './duration.ts';
import type { Per } from './eventKey.ts';

/** What a request builder is given. */
export interface BuilderContext {
  /** The event; the newest one of a trigger that collects. */
  readonly event: SegmentEvent;
  /** All events of the run, oldest first; one unless the trigger collects. */
  readonly events: readonly SegmentEvent[];
  /** Name of the trigger that the request is built for. */
  readonly trigger: string;
}

/**
 * Builds the body of a Mavera request from an event: a pure function, without I/O and without a clock.
 *
 * @typeParam Context what it is given; more than the event where the trigger looks things up or follows another
 */
export type RequestBuilder<Request, Context = BuilderContext> = (context: Context) => Request;

/** Options that every action takes. */
export interface ActionOptions {
  /** Credits that one run is expected to cost. @default the action's own estimate */
  readonly estimatedCredits?: number;
}

/** Holds the type of an action's result for the triggers that follow. It exists for types only. */
declare const resultType: unique symbol;

interface ActionOf<Kind extends string, Request, Context, Result> extends ActionOptions {
  readonly kind: Kind;
  readonly build: RequestBuilder<Request, Context>;
  readonly [resultType]?: Result;
}

/** The type of what an action gives. */
export type ResultOfAction<A> = A extends { readonly [resultType]?: infer Result } ? Result : never;

/**
 * Body of `POST /mave/chat`.
 * Source: Mavera API reference, "Send message to Mave"; other members are passed on unchanged.
 */
export interface AskMaveRequest {
  readonly message: string;
  /** Continues this thread. When absent, a new thread is opened, unless the option `thread` is set. */
  readonly thread_id?: string;
  readonly workspace_id?: string;
  readonly [field: string]: unknown;
}

export interface AskMaveOptions extends ActionOptions {
  /**
   * One thread for each user or group: the first run opens it, and later runs continue it.
   * @default a new thread each time
   */
  readonly thread?: 'per-user' | 'per-group';
}

export type AskMaveAction<Context = BuilderContext, Result = unknown> = ActionOf<
  'askMave',
  AskMaveRequest,
  Context,
  Result
> &
  AskMaveOptions;

/**
 * Body of `POST /personas`.
 * Source: Mavera API reference, "Create a custom persona". It does not say which members each pipeline requires, so
 * all members except `name` are the builder's choice and are passed on unchanged.
 */
export interface CreatePersonaRequest {
  /** 2 to 100 characters. */
  readonly name: string;
  readonly pipeline_type?: 'north_star' | 'intermediate' | 'advanced';
  readonly type?: 'B2B' | 'B2C';
  readonly description?: string;
  readonly [field: string]: unknown;
}

export type CreatePersonaAction<Context = BuilderContext, Result = unknown> = ActionOf<
  'createPersona',
  CreatePersonaRequest,
  Context,
  Result
>;

/**
 * Body of `PATCH /personas/{id}`: the members that change. If the persona may have to be created first, it needs all
 * members that {@link CreatePersonaRequest} needs.
 */
export interface UpdatePersonaRequest {
  readonly name?: string;
  readonly description?: string;
  readonly [field: string]: unknown;
}

/** The persona that is asked or updated: its id, or a function that returns it. */
export type PersonaId<Context = BuilderContext> = string | ((context: Context) => string);

/** Which persona is updated: a known one, or the one that this trigger created for the same key. */
export type UpdatePersonaOptions<Context = BuilderContext> = ActionOptions &
  (
    | { readonly personaId: PersonaId<Context>; readonly per?: never }
    | { readonly per: Per; readonly personaId?: never }
  );

export type UpdatePersonaAction<Context = BuilderContext, Result = unknown> = ActionOf<
  'updatePersona',
  UpdatePersonaRequest,
  Context,
  Result
> & {
  readonly personaId?: PersonaId<Context>;
  readonly per?: Per;
};

/**
 * Body of `POST /responses` without the persona; `model` is added.
 * Source: Mavera API reference, "Create a response"; other members are passed on unchanged.
 */
export interface RespondAsRequest {
  /** Up to 100,000 characters, or items. */
  readonly input: string | readonly unknown[];
  /** Added after the persona's own prompt. */
  readonly instructions?: string;
  readonly [field: string]: unknown;
}

export interface RespondAsOptions<
  Context = BuilderContext,
  Schema extends core.$ZodType | undefined = core.$ZodType | undefined,
> extends ActionOptions {
  readonly personaId: PersonaId<Context>;
  /**
   * A zod schema of the answer (of `zod` or, smaller, `zod/mini`): Mavera is asked for JSON of that shape, and the
   * answer is checked against it.
   * @default the answer is a string
   */
  readonly output?: Schema;
}

export type RespondAsAction<Context = BuilderContext, Result = unknown> = ActionOf<
  'respondAs',
  RespondAsRequest,
  Context,
  Result
> &
  RespondAsOptions<Context>;

/**
 * Body of `POST /focus-groups`, passed on unchanged. Mavera requires `workspace_id` and does not document other
 * members.
 */
export interface RunFocusGroupRequest {
  readonly workspace_id: string;
  readonly [field: string]: unknown;
}

export interface RunFocusGroupOptions extends ActionOptions {
  /** The member of the answers that has the focus group's id; as `statusField`. @default 'id' */
  readonly idField?: string;
  /** The member of the answer that has the status; with dots for a member of a member. @default 'status' */
  readonly statusField?: string;
  /** The member of the answer with the credits that were used; as `statusField`. @default 'usage.credits_used' */
  readonly creditsField?: string;
  /** Case does not matter. @default ['completed', 'complete', 'done'] */
  readonly doneStatuses?: readonly string[];
  /** Case does not matter. @default ['failed', 'error', 'cancelled', 'canceled'] */
  readonly failedStatuses?: readonly string[];
  /** From 5 s to 15 min. @default '20s' */
  readonly pollEvery?: Duration;
  /** The run fails if the focus group takes longer. @default '1h' */
  readonly timeout?: Duration;
}

export type RunFocusGroupAction<Context = BuilderContext, Result = unknown> = ActionOf<
  'runFocusGroup',
  RunFocusGroupRequest,
  Context,
  Result
> &
  RunFocusGroupOptions;

/**
 * A piece of Mavera work, as data only: the receiver loads triggers without the code that performs them. The runner finds
 * the performer by `kind`.
 */
export type Action<Context = BuilderContext, Result = unknown> =
  | AskMaveAction<Context, Result>
  | CreatePersonaAction<Context, Result>
  | UpdatePersonaAction<Context, Result>
  | RespondAsAction<Context, Result>
  | RunFocusGroupAction<Context, Result>;

export type ActionKind = Action['kind'];

/** All kinds of actions; the runner has a performer for each. */
export const actionKinds = [
  'askMave',
  'createPersona',
  'updatePersona',
  'respondAs',
  'runFocusGroup',
] as const satisfies readonly ActionKind[];

/**
 * Asks Mave, the research agent. Takes 5 to 90 seconds and 10 to 75 credits (50 are estimated).
 *
 * @example askMave(({ event }) => ({ message: `Why did a customer on ${event.properties.plan} leave?` }))
 */
export function askMave<Context = BuilderContext>(
  build: RequestBuilder<AskMaveRequest, Context>,
  options: AskMaveOptions = {},
): AskMaveAction<Context, AskMaveResult> {
  return { kind: 'askMave', build, ...options };
}

/**
 * Creates a custom persona: 300 credits each, with any pipeline.
 *
 * @example
 * createPersona(({ event }) => ({
 *   pipeline_type: 'north_star', type: 'B2B',
 *   name: `Trial user ${event.userId}`, description: `Started a trial of ${event.properties.plan}`,
 * }))
 */
export function createPersona<Context = BuilderContext>(
  build: RequestBuilder<CreatePersonaRequest, Context>,
  options: ActionOptions = {},
): CreatePersonaAction<Context, PersonaResult> {
  return { kind: 'createPersona', build, ...options };
}

/**
 * Updates a persona. With `per`, the first run of a key creates it (300 credits) and all later runs update it, which saves
 * 300 credits each. Mavera does not document what an update costs; the estimate is 0.
 *
 * @example
 * updatePersona(({ event }) => ({
 *   name: `Customer ${event.userId}`, pipeline_type: 'north_star', type: 'B2B',
 *   description: `On the ${event.properties.plan} plan`,
 * }), { per: 'user' })
 */
export function updatePersona<Context = BuilderContext>(
  build: RequestBuilder<UpdatePersonaRequest, Context>,
  options: UpdatePersonaOptions<Context>,
): UpdatePersonaAction<Context, PersonaResult> {
  return { kind: 'updatePersona', build, ...options };
}

/**
 * Asks a persona: 1 to 5 credits (5 are estimated).
 *
 * @example
 * respondAs(({ event }) => ({ input: `Would you upgrade from ${event.properties.plan}?` }), {
 *   personaId: 'clx1abc2d0001abcdef123456',
 *   output: z.object({ wouldUpgrade: z.boolean(), why: z.string() }),
 * })
 */
export function respondAs<Context = BuilderContext, Schema extends core.$ZodType | undefined = undefined>(
  build: RequestBuilder<RespondAsRequest, Context>,
  options: RespondAsOptions<Context, Schema>,
): RespondAsAction<Context, RespondAsResult<Schema>> {
  return { kind: 'respondAs', build, ...options };
}

/**
 * Runs a focus group: one call creates it, then it is polled until Mavera has finished; 50 to 200 credits (200 are
 * estimated). The names of members and statuses can be set, because Mavera does not document them.
 *
 * @example
 * runFocusGroup(({ events }) => ({
 *   workspace_id: 'ws_abc123', name: 'Why they left', persona_ids: ['clx1…'],
 *   questions: [{ type: 'open_ended', text: `${events.length} customers left. Why?` }],
 * }))
 */
export function runFocusGroup<Context = BuilderContext>(
  build: RequestBuilder<RunFocusGroupRequest, Context>,
  options: RunFocusGroupOptions = {},
): RunFocusGroupAction<Context, FocusGroupResult> {
  return { kind: 'runFocusGroup', build, ...options };
}
