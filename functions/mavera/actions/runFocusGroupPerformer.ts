import * as z from 'zod/mini';
import type { RunFocusGroupAction } from '../../triggers/actions.ts';
import { durationMs } from '../../triggers/duration.ts';
import { errorSaidIn, quoteError } from '../maveraErrorIn.ts';
import { recoverFocusGroup } from '../recovery/recoverFocusGroup.ts';
import type { ActionPerformer, PendingState } from './actionPerformer.ts';
import { creditsField, idField } from './maveraFields.ts';

const request = z.looseObject({ workspace_id: z.string().check(z.minLength(1)) });

const created = z.looseObject({ id: idField });

const state = z.looseObject({
  id: z.optional(z.string()),
  usage: z.optional(z.nullable(z.object({ credits_used: z.optional(creditsField) }))),
});

/**
 * `POST /focus-groups`, then `GET /focus-groups/{id}` until it is finished: 50 to 200 credits, 5 at once.
 * Source: Mavera guides, "Workspaces" (`workspace_id` is required), "Rate limits", "Credits". The reference pages are not
 * public. So the names of members and statuses are options of the action, and the result is passed on as it is.
 */
export const runFocusGroupPerformer: ActionPerformer<RunFocusGroupAction> = {
  kind: 'runFocusGroup',
  estimatedCredits: 200,
  cap: 5,
  typicalMs: 120_000,

  request(built) {
    const body = request.parse(built);
    return { request: { method: 'POST', path: '/focus-groups', body } };
  },

  readAnswer(json) {
    return { pendingId: created.parse(json).id };
  },

  recovery: recoverFocusGroup,

  pending: {
    everyMs: ({ pollEvery = '20s' }) => durationMs(pollEvery),
    timeoutMs: ({ timeout = '1h' }) => durationMs(timeout),
    request: (id) => ({ method: 'GET', path: `/focus-groups/${encodeURIComponent(id)}` }),
    read: readState,
  },
};

function readState(json: unknown, action: RunFocusGroupAction): PendingState {
  const {
    statusField = 'status',
    doneStatuses = ['completed', 'complete', 'done'],
    failedStatuses = ['failed', 'error', 'cancelled', 'canceled'],
  } = action;
  const body = state.parse(json);
  const status = z.object({ [statusField]: z.string() }).parse(json)[statusField] ?? '';
  const isOneOf = (statuses: readonly string[]): boolean =>
    statuses.some((known) => known.toLowerCase() === status.toLowerCase());
  if (isOneOf(doneStatuses)) {
    return {
      kind: 'done',
      result: { creditsUsed: body.usage?.credits_used, result: { focusGroupId: body.id, focusGroup: body } },
    };
  }
  if (!isOneOf(failedStatuses)) {
    return { kind: 'running' };
  }
  const said = errorSaidIn(json);
  const why = said === undefined ? '' : `: ${quoteError(said)}`;
  const detail = `Mavera says that focus group ${body.id ?? ''} is ${status.slice(0, 50)}${why}`;
  return { kind: 'failed', detail };
}
