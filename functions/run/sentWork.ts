import * as z from 'zod/mini';
import type { RunSoFar } from '../ledger/runItem.ts';
import type { ActionPerformer } from '../mavera/actions/actionPerformer.ts';
import { performerOfRequest } from '../mavera/actions/actionPerformers.ts';
import { runFocusGroupPerformer } from '../mavera/actions/runFocusGroupPerformer.ts';
import type { SystemRequest } from '../systems/systemClient.ts';
import { type Action, runFocusGroup } from '../triggers/actions.ts';
import type { Trigger } from '../triggers/trigger.ts';

/**
 * What an earlier delivery has sent to Mavera and not finished. It is finished as it was sent, because a deployment may
 * have changed or removed the trigger since. `unknown`: the ledger no longer has the request.
 */
export type SentWork =
  | {
      readonly kind: 'pending';
      readonly pending: NonNullable<RunSoFar['pending']>;
      readonly performer: ActionPerformer;
      /** The trigger's action, or one with the defaults if the trigger has another action now. */
      readonly action: Action;
    }
  | {
      readonly kind: 'lost';
      readonly lostCallAtMs: number;
      readonly performer: ActionPerformer;
      readonly request: SystemRequest;
    }
  | { readonly kind: 'unknown' };

/**
 * Reads what was sent.
 *
 * @param keptRequest the request of the last call, as the ledger has kept it
 * @returns `undefined` when nothing was sent, or all of it is finished
 */
export function sentWork(
  { pending, lostCallAtMs }: Pick<RunSoFar, 'pending' | 'lostCallAtMs'>,
  keptRequest: unknown,
  trigger: Trigger | undefined,
): SentWork | undefined {
  if (pending !== undefined) {
    // Only focus groups go on after the call.
    const isSame = trigger?.run.kind === 'runFocusGroup';
    const action = isSame ? trigger.run : runFocusGroup(() => ({ workspace_id: '' }));
    return {
      kind: 'pending',
      pending,
      performer: runFocusGroupPerformer as unknown as ActionPerformer,
      action,
    };
  }
  if (lostCallAtMs === undefined) {
    return undefined;
  }
  const request = readRequest(keptRequest);
  const performer = request === undefined ? undefined : performerOfRequest(request);
  return request === undefined || performer === undefined
    ? { kind: 'unknown' }
    : { kind: 'lost', lostCallAtMs, performer, request };
}

const maveraRequest = z.object({
  method: z.enum(['GET', 'POST', 'PATCH']),
  path: z.string(),
  body: z.record(z.string(), z.unknown()),
});

function readRequest(kept: unknown): SystemRequest | undefined {
  const read = maveraRequest.safeParse(kept);
  return read.success ? read.data : undefined;
}
