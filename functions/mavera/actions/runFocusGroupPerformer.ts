import * as z from 'zod/mini';
import type { RunFocusGroupAction } from '../../triggers/actions.ts';
import { durationMs } from '../../triggers/duration.ts';
import {
  type ActionPerformer,
  type LostCall,
  NotRecoverableError,
  type PendingState,
  type PendingWork,
  type ReadMavera,
} from './actionPerformer.ts';
import { creditsField } from './creditsField.ts';
import { idField } from './idField.ts';

/** Between Mavera's clock and ours. */
const clockSkewMs = 60_000;

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
      created_at: z.optional(z.nullable(z.union([z.number(), z.string()]))),
    }),
  ),
});

/**
 * `POST /focus-groups`, then `GET /focus-groups/{id}` until it is finished: 50 to 200 credits, 5 at once.
 * Source: Mavera guides, "Workspaces" (`workspace_id` is required), "Rate limits", "Credits". Its reference pages are
 * not public: names of members and statuses are options of the action, and the result is passed on as it comes.
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
  return isOneOf(failedStatuses)
    ? { kind: 'failed', detail: `Mavera says that focus group ${body.id ?? ''} is ${status.slice(0, 50)}` }
    : { kind: 'running' };
}

/** By its name among those that are new since the call: the list of focus groups is a guess by analogy. */
async function recover(lost: LostCall, read: ReadMavera): Promise<PendingWork | undefined> {
  const name = lost.request.body?.name;
  if (typeof name !== 'string') {
    throw new NotRecoverableError(
      'Whether the focus group was created cannot be found out, since the builder gives it no name: look at Mavera, then redrive or discard',
    );
  }
  const { data } = list.parse(await read('/focus-groups?limit=100'));
  const namesakes = data.filter((group) => group.name === name);
  const createdAtMs = namesakes.map(({ created_at }) =>
    typeof created_at === 'number' ? created_at * 1000 : Date.parse(created_at ?? ''),
  );
  if (createdAtMs.some(Number.isNaN)) {
    throw new NotRecoverableError(
      `Whether the focus group was created cannot be found out, since Mavera does not say when those of the name "${name.slice(0, 100)}" were: look at Mavera, then redrive or discard`,
    );
  }
  const found = namesakes.find(
    (_group, index) => (createdAtMs[index] ?? 0) >= lost.startedAtMs - clockSkewMs,
  );
  return found === undefined ? undefined : { pendingId: found.id };
}
