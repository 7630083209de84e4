import type { Action, RequestBuilder } from './trigger.ts';

/** The kinds of actions there are; the runner has a performer for each. */
export const actionKinds = ['askMave', 'createPersona'] as const;

/**
 * Body of `POST /mave/chat`.
 * Source: Mavera API reference, "Send message to Mave"; members beyond these are passed on as they are.
 */
export interface AskMaveRequest {
  readonly message: string;
  /** Continues a thread; a new one is opened when absent. */
  readonly thread_id?: string;
  readonly workspace_id?: string;
  readonly [field: string]: unknown;
}

/**
 * Body of `POST /personas`.
 * Source: Mavera API reference, "Create a custom persona". Which members each pipeline requires is not
 * documented, so all but `name` is the builder's choice and is passed on as it is.
 */
export interface CreatePersonaRequest {
  /** 2 to 100 characters. */
  readonly name: string;
  readonly pipeline_type?: 'north_star' | 'intermediate' | 'advanced';
  readonly type?: 'B2B' | 'B2C';
  readonly description?: string;
  readonly [field: string]: unknown;
}

/** Options that every action takes. */
export interface ActionOptions {
  /** Credits that one run is expected to cost. */
  readonly estimatedCredits?: number;
}

/**
 * Asks Mave, the research agent. Takes 5 to 90 seconds and 10 to 75 credits (50 are estimated).
 *
 * @example askMave(({ event }) => ({ message: `Why did a customer on ${event.properties.plan} leave?` }))
 */
export function askMave(
  build: RequestBuilder<AskMaveRequest>,
  options: ActionOptions = {},
): Action<'askMave', AskMaveRequest> {
  return { kind: 'askMave', build, ...options };
}

/**
 * Creates a custom persona: 300 credits each, whatever the pipeline.
 *
 * @example
 * createPersona(({ event }) => ({
 *   pipeline_type: 'north_star', type: 'B2B',
 *   name: `Trial user ${event.userId}`, description: `Started a trial of ${event.properties.plan}`,
 * }))
 */
export function createPersona(
  build: RequestBuilder<CreatePersonaRequest>,
  options: ActionOptions = {},
): Action<'createPersona', CreatePersonaRequest> {
  return { kind: 'createPersona', build, ...options };
}
