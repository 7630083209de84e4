import * as z from 'zod';
import type { ApiCall, ApiSurroundings, Endpoint } from './apiCall.ts';
import { type ApiReply, data, problem } from './apiReply.ts';
import { sendActionId } from './catalog.ts';
import { definedMembers } from './definedMembers.ts';
import { destinationNotFound } from './destinationEndpoints.ts';
import { invalidBody } from './invalidBody.ts';
import { page } from './page.ts';
import { refusedMapping } from './refusedMapping.ts';
import type { StoredSubscription, WorkspaceState } from './workspaceState.ts';

/** Source: Segment docs, "Destinations Actions". */
const maxMappings = 50;

const settings = z.record(z.string(), z.unknown());
const newSubscription = z.object({
  name: z.string(),
  actionId: z.string(),
  trigger: z.string(),
  enabled: z.boolean(),
  settings: settings.default({}),
});
const subscriptionChange = z.object({
  input: z.object({
    name: z.string().optional(),
    trigger: z.string().optional(),
    enabled: z.boolean().optional(),
    settings: settings.optional(),
  }),
});

/** The mappings of a destination. Source: docs.segmentapis.com, "Destinations", its alpha part. */
export const subscriptionEndpoints: readonly Endpoint[] = [
  ['GET', /^\/destinations\/([^/]+)\/subscriptions$/, listSubscriptions],
  ['POST', /^\/destinations\/([^/]+)\/subscriptions$/, createSubscription],
  [
    'GET',
    /^\/destinations\/([^/]+)\/subscriptions\/([^/]+)$/,
    (_call, { state }, ids) => subscriptionReply(find(state, ids)),
  ],
  ['PATCH', /^\/destinations\/([^/]+)\/subscriptions\/([^/]+)$/, changeSubscription],
  ['DELETE', /^\/destinations\/([^/]+)\/subscriptions\/([^/]+)$/, removeSubscription],
];

function find(
  state: WorkspaceState,
  [destinationId, id = '']: readonly string[],
): StoredSubscription | undefined {
  const found = state.subscriptions.get(id);
  return found?.destinationId === destinationId ? found : undefined;
}

function shownSubscription(subscription: StoredSubscription): object {
  return { ...subscription, actionSlug: 'send' };
}

function subscriptionReply(found: StoredSubscription | undefined): ApiReply {
  return found === undefined
    ? problem(404, 'The mapping was not found.')
    : data({ subscription: shownSubscription(found) });
}

function listSubscriptions(call: ApiCall, around: ApiSurroundings, [id = '']: readonly string[]): ApiReply {
  const { state } = around;
  return state.destinations.has(id)
    ? page(call, around, 'subscriptions', state.subscriptionsOf(id).map(shownSubscription))
    : destinationNotFound();
}

function createSubscription(
  { body }: ApiCall,
  { state }: ApiSurroundings,
  [destinationId = '']: readonly string[],
): ApiReply {
  if (!state.destinations.has(destinationId)) {
    return destinationNotFound();
  }
  const parsed = newSubscription.safeParse(body);
  if (!parsed.success) {
    return invalidBody(parsed.error, body);
  }
  if (parsed.data.actionId !== sendActionId) {
    return problem(422, `The destination has no action ${parsed.data.actionId}.`, 'actionId');
  }
  if (state.subscriptionsOf(destinationId).length >= maxMappings) {
    return problem(422, `A destination has at most ${maxMappings} mappings.`);
  }
  const refused = refusedMapping(parsed.data);
  if (refused !== undefined) {
    return refused;
  }
  const created = state.addSubscription({ ...parsed.data, destinationId });
  return data({ destinationSubscription: shownSubscription(created) }, 201);
}

function changeSubscription({ body }: ApiCall, { state }: ApiSurroundings, ids: readonly string[]): ApiReply {
  const found = find(state, ids);
  if (found === undefined) {
    return subscriptionReply(undefined);
  }
  const parsed = subscriptionChange.safeParse(body);
  if (!parsed.success) {
    return invalidBody(parsed.error, body);
  }
  const change = definedMembers(parsed.data.input);
  return refusedMapping(change) ?? subscriptionReply(state.changeSubscription(found.id, change));
}

function removeSubscription(_call: ApiCall, { state }: ApiSurroundings, ids: readonly string[]): ApiReply {
  const found = find(state, ids);
  if (found === undefined) {
    return subscriptionReply(undefined);
  }
  state.subscriptions.delete(found.id);
  return data({ status: 'SUCCESS' });
}
