import type { OperationName } from '../access/operations.ts';
import type { EventFields } from '../sources/segment/event.ts';
import type { SourceName } from '../sources/source.ts';
import { problemsOfPullOrigin } from './checkPull.ts';
import type { Pull, PullAnswer, Step, StepContext } from './pull.ts';

/** What {@link definePull} takes. */
export interface PullDefinition<State, Properties> {
  /** What it pulls, for people: 1 to 64 letters, digits and `-`. */
  readonly kind: string;
  /** The system that its events come from. */
  readonly source: SourceName;
  /** The operations that its calls may name. */
  readonly operations: readonly OperationName[];
  /** Files that its calls read, as `s3://bucket/key` or a path. @default none but those of `https:` URLs */
  readonly files?: readonly string[];
  /** Spaces of Segment whose profiles it reads, such as `spa_1`. @default none */
  readonly spaces?: readonly string[];
  /** The state of the first step. */
  readonly start: State;
  readonly step: (
    state: State,
    answers: readonly PullAnswer[],
    context: StepContext,
  ) => Step<State, Properties>;
}

/**
 * Defines a pull of your own. `step` is a pure function, without I/O and without a clock. Without answers it returns the
 * calls that it needs. With their answers it returns events, and the state that the next step continues from.
 *
 * @example
 * const segments = definePull({
 *   kind: 'segments',
 *   source: 'segops',
 *   operations: ['listSegopsSegments'],
 *   start: { page: 1 },
 *   step: ({ page }, [answer]) => {
 *     if (answer === undefined) {
 *       const query = { page: String(page) };
 *       return { calls: [{ operation: 'listSegopsSegments', request: { query } }] };
 *     }
 *     const { results, next } = pageOfSegments.parse(answer.value);
 *     return {
 *       events: results.map(({ id, name }) => ({ item: `${id}`, event: 'Segment Pulled', properties: { name } })),
 *       next: next === null ? undefined : { page: page + 1 },
 *     };
 *   },
 * });
 */
export function definePull<State, Properties extends EventFields>(
  definition: PullDefinition<State, Properties>,
): Pull<Properties> {
  // The puller gives the step the states that it returned, and no others.
  return { ...definition, problemsOf: problemsOfPullOrigin } as unknown as Pull<Properties>;
}
