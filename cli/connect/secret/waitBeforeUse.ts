import type { Step } from '../plan/planConnection.ts';
import { receiversKnowAfterMs } from '../rotate/rotation.ts';
import type { SegmentSecret } from './segmentSecret.ts';

/**
 * How long a plan has to wait before it is carried out, in milliseconds: what Segment is to sign with a secret that was
 * changed a moment ago would be refused by receivers that do not know it yet, and a refused event is lost.
 *
 * @param isTokenAlone batches are signed the older way, and let in by the bearer token alone
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

/** A destination that is new sends nothing before its mappings are there. */
function usesSecret({ action, changes, call }: Step, isTokenAlone: boolean): boolean {
  return action === 'update'
    ? changes.includes('sharedSecret') || changes.includes('headers')
    : isTokenAlone && call?.kind === 'createMapping';
}
