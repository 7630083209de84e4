import type {
  ActionPerformer,
  ActionResult,
  LostCall,
  ReadMavera,
} from '../mavera/actions/actionPerformer.ts';
import { isSchemaError } from '../schema/schemaError.ts';
import { intervalMsFor } from './gates/paceTerms.ts';
import type { Waiting } from './runDelivery.ts';
import type { RunnerDependencies } from './runDependencies.ts';

/** Mavera may go on after the caller has given up: it is given as long again. */
const patience = 2;
/** How long one look at Mavera waits for its slot; a run that would wait longer comes back. */
const slotWithinMs = 30_000;
/** After how long one looks again when Mavera cannot be read. */
const lookAgainMs = 30_000;

/** Whether the work of a call whose answer was lost is at Mavera. */
export type Recovery =
  | { readonly kind: 'found'; readonly result: ActionResult }
  | { readonly kind: 'not_found' }
  | ({ readonly kind: 'wait' } & Waiting);

/** Mavera cannot be read now. */
export class RecoveryFailedError extends Error {
  override readonly name = 'RecoveryFailedError';
}

/**
 * Finds out what became of a call whose answer was lost, before it is made again: a persona that Mavera did create
 * costs 300 credits the second time. It looks only when the call can hardly be under way any more.
 */
export async function recoverAnswer(
  performer: ActionPerformer,
  lost: LostCall,
  apiKey: string,
  dependencies: RunnerDependencies,
): Promise<Recovery> {
  const { now, random, settings, onTrouble } = dependencies;
  const overAtMs = lost.startedAtMs + settings.maveraTimeoutMs * patience;
  if (now() < overAtMs) {
    return { kind: 'wait', untilMs: overAtMs, reason: 'answer_lost' };
  }
  try {
    const result = await performer.recover(lost, pacedReader(apiKey, dependencies));
    return result === undefined ? { kind: 'not_found' } : { kind: 'found', result };
  } catch (error) {
    if (!(error instanceof RecoveryFailedError) && !isSchemaError(error)) {
      throw error;
    }
    onTrouble('a lost answer cannot be looked for', error);
    return { kind: 'wait', untilMs: now() + lookAgainMs * (1 + random()), reason: 'recovery_waits' };
  }
}

function pacedReader(apiKey: string, dependencies: RunnerDependencies): ReadMavera {
  const { pace, mavera, now, sleep, settings } = dependencies;
  const intervalMs = intervalMsFor(settings.requestsPerMinute);
  return async (path) => {
    const nowMs = now();
    const slot = await pace.reserve({ nowMs, intervalMs, horizonMs: slotWithinMs });
    if (slot.kind === 'full') {
      throw new RecoveryFailedError('There is no free slot of the pace within 30 s');
    }
    await sleep(Math.max(0, slot.slotAtMs - nowMs));
    const answer = await mavera.call({ method: 'GET', path }, apiKey);
    if (answer.kind !== 'answered') {
      throw new RecoveryFailedError(`Mavera could not be read: ${answer.kind}`);
    }
    return answer.json;
  };
}
