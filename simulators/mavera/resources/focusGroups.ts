import type { ApiAnswer } from '../../http/reply.ts';
import type { Account } from '../account.ts';
import { notFound } from '../apiError.ts';
import { requiredText } from '../bodyFields.ts';
import { cutPage } from '../page.ts';
import type { ApiRequest, Route } from '../route.ts';
import {
  type FocusGroup,
  focusGroupCredits,
  focusGroupDetails,
  focusGroupObject,
  isGenerating,
} from './focusGroup.ts';
import { globalPersonas } from './globalPersonas.ts';
import { findParticipant, type Participant } from './participants.ts';

/**
 * Focus groups: created in one call, generated in the background, polled until they are completed or have failed.
 * `"simulate_failure": true` in the body makes it fail; only the simulator has this member.
 *
 * Source: guides, "Workspaces" (`workspace_id` is required), "Rate limits" (5 generations at once), "Credits".
 * GUESS: everything else, because the pages of the reference were not available. The body may have `name`, `questions`
 * (strings, or objects with `question` or `text`) and `persona_ids` or `personas` (ids, or objects with `id`); other
 * members and other forms are accepted and ignored.
 */
export const focusGroupRoutes: readonly Route[] = [
  { method: 'POST', path: '/focus-groups', handle: createFocusGroup },
  { method: 'GET', path: '/focus-groups', handle: listFocusGroups },
  { method: 'GET', path: '/focus-groups/:id', handle: getFocusGroup },
];

type Body = ApiRequest['body'];

async function createFocusGroup({ body, takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  const workspaceId = requiredText(body, 'workspace_id', 1);
  const createdAtMs = account.now();
  const group = readFocusGroup(body, workspaceId, createdAtMs, account);
  const underWay = [...account.focusGroups.values()].filter((other) => isGenerating(other, createdAtMs));
  account.focusGroupCap.admit(underWay.length);
  account.credits.charge(group.creditsUsed);
  account.focusGroups.set(group.id, group);
  await takeTime('focusGroups');
  return { status: 201, body: { ...focusGroupObject(group, createdAtMs), status: 'pending' } };
}

function readFocusGroup(body: Body, workspaceId: string, createdAtMs: number, account: Account): FocusGroup {
  const questions = listOf(body.questions).map((item) => memberOrText(item, 'question', 'text'));
  const personaIds = listOf(body.persona_ids ?? body.personas).map((item) => memberOrText(item, 'id'));
  return {
    id: account.newId(),
    name: typeof body.name === 'string' ? body.name : 'Focus group',
    workspaceId,
    participants: participantsOf(personaIds, account),
    questions,
    creditsUsed: focusGroupCredits(questions.length, personaIds.length),
    isFailing: body.simulate_failure === true,
    createdAtMs,
    endsAtMs: createdAtMs + account.focusGroupMs,
  };
}

/** The personas of the request, or Mavera's own ones if it has none. */
function participantsOf(ids: readonly string[], account: Account): readonly Participant[] {
  return ids.length === 0
    ? globalPersonas.map(({ id, name }) => ({ id, name }))
    : ids.map((id) => findParticipant(id, account.personas) ?? { id, name: 'Unknown persona' });
}

async function listFocusGroups({ query, takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  await takeTime('reads');
  const workspaceId = query.get('workspace_id');
  const nowMs = account.now();
  const found = [...account.focusGroups.values()]
    .reverse()
    .filter((group) => workspaceId === null || group.workspaceId === workspaceId)
    .map((group) => focusGroupObject(group, nowMs));
  return { status: 200, body: cutPage(found, query) };
}

async function getFocusGroup({ params, takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  await takeTime('reads');
  const group = account.focusGroups.get(params.id ?? '');
  if (group === undefined) {
    throw notFound('The focus group');
  }
  return { status: 200, body: focusGroupDetails(group, account.now()) };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The item if it is a string, or the first of its members that is one. */
function memberOrText(item: unknown, ...members: readonly string[]): string {
  const fields: Readonly<Record<string, unknown>> = typeof item === 'object' ? { ...item } : {};
  const texts = [item, ...members.map((member) => fields[member])];
  return texts.find((text) => typeof text === 'string') ?? '';
}
