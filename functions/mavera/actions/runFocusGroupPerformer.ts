import * as z from 'zod/mini';
import type { RunFocusGroupAction } from '../../triggers/actions.ts';
import { durationMs } from '../../triggers/duration.ts';
import { errorSaidIn, quoteError } from '../maveraErrorIn.ts';
import { recoverFocusGroup } from '../recovery/recoverFocusGroup.ts';
import type { ActionPerformer, PendingState } from './actionPerformer.ts';
import { creditsField, idField, memberAt } from './maveraFields.ts';

const request = z.looseObject({ workspace_id: z.string().check(z.minLength(1)) });

const state = z.looseObject({});

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

  readAnswer(json, { idField: name = 'id' }) {
    return { pendingId: memberOf(json, name, idField) };
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
    idField: idName = 'id',
    statusField = 'status',
    creditsField: creditsName = 'usage.credits_used',
    doneStatuses = ['completed', 'complete', 'done'],
    failedStatuses = ['failed', 'error', 'cancelled', 'canceled'],
  } = action;
  const body = state.parse(json);
  const status = memberOf(json, statusField, z.string());
  const id = z.catch(z.optional(z.string()), undefined).parse(memberAt(json, idName));
  const isOneOf = (statuses: readonly string[]): boolean =>
    statuses.some((known) => known.toLowerCase() === status.toLowerCase());
  if (isOneOf(doneStatuses)) {
    const creditsUsed = creditsField.parse(memberAt(json, creditsName));
    return { kind: 'done', result: { creditsUsed, result: { focusGroupId: id, focusGroup: body } } };
  }
  if (!isOneOf(failedStatuses)) {
    return { kind: 'running' };
  }
  const said = errorSaidIn(json);
  const why = said === undefined ? '' : `: ${quoteError(said)}`;
  const detail = `Mavera says that focus group ${id ?? ''} is ${status.slice(0, 50)}${why}`;
  return { kind: 'failed', detail };
}

/** @throws ZodError that names the member */
function memberOf<Output>(json: unknown, path: string, schema: z.ZodMiniType<Output>): Output {
  return z.object({ [path]: schema }).parse({ [path]: memberAt(state.parse(json), path) })[path] as Output;
}
