/** One step of a plan to set a source up. Nothing in it is secret. */
export interface PlanStep<Call, FieldDifference> {
  /** For people: `mapping mavera-triggers: default`, `event webhook mavera-triggers`. */
  readonly what: string;
  readonly action: 'create' | 'update' | 'disable' | 'keep' | 'leave';
  /** Names of fields, never values of secrets. */
  readonly changes: readonly string[];
  /** Each change of an update, with what is there and what is wanted. */
  readonly differences?: readonly FieldDifference[];
  /** How it will be, in lines. */
  readonly details?: readonly string[];
  /** The call to make; `undefined` if there is nothing to do. */
  readonly call?: Call;
}

/** Whether a plan has a step with something to do. */
export function hasWork(steps: readonly PlanStep<unknown, unknown>[]): boolean {
  return steps.some(({ call }) => call !== undefined);
}
