import * as z from 'zod';
import type { ApiCall, ApiSurroundings, Endpoint } from './apiCall.ts';
import { type ApiReply, data, problem } from './apiReply.ts';
import { webhooksMetadata, webhooksMetadataId } from './catalog.ts';
import { definedMembers } from './definedMembers.ts';
import { invalidBody } from './invalidBody.ts';
import { maskSecret } from './maskSecret.ts';
import { page } from './page.ts';
import { refusedSetting } from './refusedSetting.ts';
import type { StoredDestination } from './workspaceState.ts';

const settings = z.record(z.string(), z.unknown());
const newDestination = z.object({
  sourceId: z.string().min(1),
  metadataId: z.string().min(1),
  enabled: z.boolean().default(true),
  name: z.string().default(''),
  settings,
});
const destinationChange = z.object({
  name: z.string().optional(),
  enabled: z.boolean().optional(),
  settings: settings.optional(),
});

/** Destinations; Webhooks (Actions) is the only kind. Source: docs.segmentapis.com, "Destinations". */
export const destinationEndpoints: readonly Endpoint[] = [
  ['GET', /^\/destinations$/, listDestinations],
  ['POST', /^\/destinations$/, createDestination],
  [
    'GET',
    /^\/destinations\/([^/]+)$/,
    (_call, around, [id = '']) => destinationReply(around.state.destinations.get(id), around),
  ],
  ['PATCH', /^\/destinations\/([^/]+)$/, changeDestination],
  [
    'DELETE',
    /^\/destinations\/([^/]+)$/,
    (_call, { state }, [id = '']) =>
      state.removeDestination(id) ? data({ status: 'SUCCESS' }) : destinationNotFound(),
  ],
];

/** The 404 for a destination. */
export function destinationNotFound(): ApiReply {
  return problem(404, 'The destination was not found.');
}

function listDestinations(call: ApiCall, around: ApiSurroundings): ApiReply {
  const shown = [...around.state.destinations.values()].map((one) => shownDestination(one, around));
  return page(call, around, 'destinations', shown);
}

function shownDestination(
  { metadataId, ...destination }: StoredDestination,
  { offersWholeBodySignature }: ApiSurroundings,
): object {
  return {
    ...destination,
    metadata: { ...webhooksMetadata(offersWholeBodySignature), id: metadataId },
    settings: maskSecret(destination.settings),
  };
}

function destinationReply(
  found: StoredDestination | undefined,
  around: ApiSurroundings,
  status?: number,
): ApiReply {
  return found === undefined
    ? destinationNotFound()
    : data({ destination: shownDestination(found, around) }, status);
}

function createDestination({ body }: ApiCall, around: ApiSurroundings): ApiReply {
  const parsed = newDestination.safeParse(body);
  if (!parsed.success) {
    return invalidBody(parsed.error, body);
  }
  const { sourceId, metadataId } = parsed.data;
  if (!around.state.sources.some(({ id }) => id === sourceId)) {
    return problem(404, `The source ${sourceId} was not found.`);
  }
  if (metadataId !== webhooksMetadataId) {
    return problem(422, `There is no destination ${metadataId} in the catalog.`, 'metadataId');
  }
  const refused = refusedSetting(parsed.data.settings, around);
  if (refused !== undefined) {
    return refused;
  }
  // Source: public exports of workspaces have this member, which no client sets. GUESS: Segment sets it at the creation.
  const dynamicAuthSettings = { configId: 'local', oauth: { type: 'noAuth' } };
  const created = around.state.addDestination({
    ...parsed.data,
    settings: { ...parsed.data.settings, dynamicAuthSettings },
  });
  return destinationReply(created, around, 201);
}

function changeDestination(
  { body }: ApiCall,
  around: ApiSurroundings,
  [id = '']: readonly string[],
): ApiReply {
  if (!around.state.destinations.has(id)) {
    return destinationNotFound();
  }
  const parsed = destinationChange.safeParse(body);
  if (!parsed.success) {
    return invalidBody(parsed.error, body);
  }
  const refused = refusedSetting(parsed.data.settings ?? {}, around);
  return refused ?? destinationReply(around.state.changeDestination(id, definedMembers(parsed.data)), around);
}
