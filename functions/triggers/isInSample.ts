import type { Trigger } from './trigger.ts';

/** Hex digits of a run's id that are read as a number. */
const digits = 12;

/**
 * Whether a run is in its trigger's sample. The run's id is a hash of message id and trigger, so it is as good as random,
 * and the same event always gets the same decision.
 *
 * @param runId 40 hex characters
 */
export function isInSample({ sample = 1 }: Pick<Trigger, 'sample'>, runId: string): boolean {
  return Number.parseInt(runId.slice(0, digits), 16) / 16 ** digits < sample;
}
