import type { Step } from '../plan/planConnection.ts';
import { receiversKnowAfterMs } from '../rotate/rotation.ts';
import type { SegmentSecret } from './segmentSecret.ts';

/**
 * How long a plan must wait before it is carried out, in milliseconds. Receivers that do not know a changed secret yet would
 * refuse what Segment signs with it, and a refused event is lost.
 *
 * @param isTokenAlone batches have the older signature, so only the bearer token opens the receiver to them
 */
export function waitBeforeUse(
  steps: readonly Step[],
  { changedAtMs }: Pick<SegmentSecret, 'changedAtMs'>,
  isTokenAlone: boolean,
  nowMs: number,
): number {
  return steps.some((step) => usesSecret(step, isTokenAlone))
    ? Math.max(0, changedAtMs + receiversKnowAfterMs - nowMs)
    : 0;
}

/** A new destination sends nothing before it has mappings. */
function usesSecret({ action, changes, call }: Step, isTokenAlone: boolean): boolean {
  return action === 'update'
    ? changes.includes('sharedSecret') || changes.includes('headers')
    : isTokenAlone && call?.kind === 'createMapping';
}
