import * as z from 'zod/mini';
import type { RunFocusGroupAction } from '../../triggers/actions.ts';
import { durationMs } from '../../triggers/duration.ts';
import { errorSaidIn, quoteError } from '../maveraErrorIn.ts';
import {
  type ActionPerformer,
  type LostCall,
  NotRecoverableError,
  type PendingState,
  type PendingWork,
  type ReadMavera,
} from './actionPerformer.ts';
import { creditsField, epochMsOf, idField, mayBeSince, momentField } from './maveraFields.ts';

const request = z.looseObject({ workspace_id: z.string().check(z.minLength(1)) });

const created = z.looseObject({ id: idField });

const state = z.looseObject({
  id: z.optional(z.string()),
  usage: z.optional(z.nullable(z.object({ credits_used: z.optional(creditsField) }))),
});

const list = z.object({
  data: z.array(
    z.looseObject({
      id: idField,
      name: z.optional(z.nullable(z.string())),
      created_at: momentField,
    }),
  ),
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

  request(built) {
    const body = request.parse(built);
    return { request: { method: 'POST', path: '/focus-groups', body } };
  },

  readAnswer(json) {
    return { pendingId: created.parse(json).id };
  },

  recoveryReads: 1,
  recover,

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

/**
 * Searches the focus groups that are new since the call for one of that name. Mavera documents no list of focus groups:
 * its other lists are the model for this one.
 */
async function recover(lost: LostCall, read: ReadMavera): Promise<PendingWork | undefined> {
  const name = lost.request.body?.name;
  if (typeof name !== 'string') {
    throw new NotRecoverableError(
      'It is not known whether the focus group was created, because the builder gives it no name. Look at Mavera, then redrive or discard the run',
    );
  }
  const { data } = list.parse(await read('/focus-groups?limit=100'));
  const namesakes = data.filter((group) => group.name === name);
  if (namesakes.some(({ created_at }) => Number.isNaN(epochMsOf(created_at)))) {
    throw new NotRecoverableError(
      `It is not known whether the focus group was created, because Mavera does not say when it created those named "${name.slice(0, 100)}". Look at Mavera, then redrive or discard the run`,
    );
  }
  const found = namesakes.find(({ created_at }) => mayBeSince(created_at, lost.startedAtMs));
  return found === undefined ? undefined : { pendingId: found.id };
}
