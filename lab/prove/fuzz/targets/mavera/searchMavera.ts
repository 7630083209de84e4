import type { LostCall, Recovery, RecoveryStep } from '../../../../../functions/mavera/recovery/recovery.ts';

/**
 * Searches for the work of a lost call to the end, as if each read were made in another delivery: what is kept between
 * two reads goes through JSON.
 *
 * @param read answers a path with JSON; `undefined` for what is gone
 */
export async function searchMavera(
  recovery: Recovery,
  call: LostCall,
  read: (path: string) => Promise<unknown>,
): Promise<Exclude<RecoveryStep, { readonly kind: 'read' }>> {
  let step = recovery.begin(call);
  while (step.kind === 'read') {
    const json = await read(step.path);
    const state: unknown = JSON.parse(JSON.stringify(step.state));
    step = recovery.next(call, state, json === undefined ? { isGone: true } : { json });
  }
  return step;
}
