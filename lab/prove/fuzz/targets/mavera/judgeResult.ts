import type { ActionPerformer } from '../../../../../functions/mavera/actions/actionPerformer.ts';
import type { ActionResult, PendingWork } from '../../../../../functions/mavera/actions/actionResult.ts';
import { writeResult } from '../../../../../functions/results/resultsTopic.ts';
import type { SystemRequest } from '../../../../../functions/systems/systemClient.ts';
import type { Action } from '../../../../../functions/triggers/actions.ts';
import { mustHold } from '../../fuzzTarget.ts';

const baseUrl = 'https://app.mavera.io/api/v1';
/** Greater numbers are refused by DynamoDB. Source: its developer guide, "Data types". */
const greatestNumber = 9.99e125;

/** What is read from an answer must fit into the ledger, be publishable, and be usable for the next call. */
export function judgeResult(
  performer: ActionPerformer,
  action: Action,
  read: ActionResult | PendingWork,
): void {
  if ('pendingId' in read) {
    mustHold(performer.pending !== undefined, 'work is pending that cannot be polled');
    judgeRequest(performer.pending.request(read.pendingId));
    mustBeKeepable(read.pendingId);
    return;
  }
  const { creditsUsed, result, keptId } = read;
  mustHold(
    creditsUsed === undefined || isForLedger(creditsUsed),
    `the ledger does not take ${creditsUsed} credits`,
  );
  mustHold(Buffer.byteLength(writeResult(result)) <= 200_000, 'the result is too large to be published');
  if (keptId !== undefined && performer.keeps?.(action) !== undefined) {
    mustBeKeepable(keptId);
    const events = [{ type: 'track', properties: {}, traits: {}, context: {}, integrations: {} }] as const;
    const context = { event: events[0], events, trigger: 'a' };
    judgeRequest(
      performer.request(action.build(context), { action, runId: 'a'.repeat(40), context, keptId }).request,
    );
  }
}

/** Whether DynamoDB takes a number. */
export function isForLedger(value: number): boolean {
  return Math.abs(value) <= greatestNumber;
}

/** A request must stay below the resource that it is for. */
export function judgeRequest({ path, body }: SystemRequest): void {
  const [resource = ''] = /^\/(?:mave\/chat|mave\/threads|personas|responses|focus-groups)/.exec(path) ?? [];
  mustHold(resource !== '', `it would call ${path}`);
  const { pathname } = new URL(`${baseUrl}${path}`);
  const within = pathname.startsWith(`/api/v1${resource}`) && !pathname.endsWith('/');
  mustHold(within, `${path} leads to ${pathname}`);
  JSON.stringify(body);
}

function mustBeKeepable(id: string): void {
  mustHold(id !== '' && id.length <= 1_000, `an id of ${id.length} characters is kept`);
}
