import { parseFql } from '@segment/destination-subscriptions';
import * as z from 'zod';
import { type ApiReply, data, problem } from './apiReply.ts';
import { sendActionId, webhooksMetadata, webhooksMetadataId } from './catalog.ts';
import { maskSecret } from './maskSecret.ts';
import type { StoredDestination, StoredSubscription, WorkspaceState } from './workspaceState.ts';

/** A call of the Public API that is let in. */
export interface ApiCall {
  readonly method: string;
  readonly url: URL;
  /** Parsed JSON; `undefined` without a body. */
  readonly body: unknown;
}

/** The workspace that is called. */
export interface ApiSurroundings {
  readonly state: WorkspaceState;
  readonly offersWholeBodySignature: boolean;
  /** Elements of a page, where the caller asks for no number. */
  readonly pageSize: number;
}

type Handler = (call: ApiCall, surroundings: ApiSurroundings, ids: readonly string[]) => ApiReply;

const maxMappings = 50;

const settings = z.record(z.string(), z.unknown());
const newDestination = z.object({
  sourceId: z.string(),
  metadataId: z.string(),
  enabled: z.boolean().default(true),
  name: z.string().default(''),
  settings: settings.default({}),
});
const destinationChange = z.object({
  name: z.string().optional(),
  enabled: z.boolean().optional(),
  settings: settings.optional(),
});
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

/**
 * The endpoints by which destinations and mappings are set up. Sources: docs.segmentapis.com; what they leave open is
 * marked GUESS.
 */
const endpoints: readonly (readonly [string, RegExp, Handler])[] = [
  ['GET', /^\/$/, () => data({ workspace: { id: 'ws_local', slug: 'local', name: 'Local workspace' } })],
  ['GET', /^\/sources$/, listSources],
  ['GET', /^\/catalog\/destinations\/([^/]+)$/, readCatalog],
  ['GET', /^\/destinations$/, (call, around) => page(call, around, 'destinations', destinationsOf(around))],
  ['POST', /^\/destinations$/, createDestination],
  [
    'GET',
    /^\/destinations\/([^/]+)$/,
    (_call, { state }, [id = '']) => destinationReply(state.destinations.get(id)),
  ],
  ['PATCH', /^\/destinations\/([^/]+)$/, changeDestination],
  ['GET', /^\/destinations\/([^/]+)\/subscriptions$/, listSubscriptions],
  ['POST', /^\/destinations\/([^/]+)\/subscriptions$/, createSubscription],
  ['PATCH', /^\/destinations\/([^/]+)\/subscriptions\/([^/]+)$/, changeSubscription],
];

/** Answers a call of the Public API. */
export function answerApi(call: ApiCall, surroundings: ApiSurroundings): ApiReply {
  for (const [method, path, handle] of endpoints) {
    const match = path.exec(call.url.pathname);
    if (match !== null && method === call.method) {
      return handle(call, surroundings, match.slice(1));
    }
  }
  return problem(404, `${call.method} ${call.url.pathname} is not known.`);
}

function listSources(call: ApiCall, around: ApiSurroundings): ApiReply {
  const sources = around.state.sources.map(({ writeKey, ...source }) => ({
    ...source,
    enabled: true,
    writeKeys: [writeKey],
  }));
  return page(call, around, 'sources', sources);
}

function readCatalog(_call: ApiCall, around: ApiSurroundings, [id]: readonly string[]): ApiReply {
  return id === webhooksMetadataId
    ? data({ destinationMetadata: webhooksMetadata(around.offersWholeBodySignature) })
    : problem(404, `There is no destination ${id} in the catalog.`);
}

function destinationsOf({ state }: ApiSurroundings): readonly object[] {
  return [...state.destinations.values()].map(shown);
}

/** GUESS: the metadata beyond its id. */
function shown({ metadataId, ...destination }: StoredDestination): object {
  return { ...destination, metadata: { id: metadataId }, settings: maskSecret(destination.settings) };
}

function destinationReply(found: StoredDestination | undefined, status?: number): ApiReply {
  return found === undefined
    ? problem(404, 'The destination was not found.')
    : data({ destination: shown(found) }, status);
}

function createDestination({ body }: ApiCall, around: ApiSurroundings): ApiReply {
  const parsed = newDestination.safeParse(body);
  if (!parsed.success) {
    return invalid(parsed.error);
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
  // Real exports show this member, which nobody sets.
  const dynamicAuthSettings = { configId: 'local', oauth: { type: 'noAuth' } };
  const created = around.state.addDestination({
    ...parsed.data,
    settings: { ...parsed.data.settings, dynamicAuthSettings },
  });
  return destinationReply(created, 201);
}

function changeDestination(
  { body }: ApiCall,
  around: ApiSurroundings,
  [id = '']: readonly string[],
): ApiReply {
  const parsed = destinationChange.safeParse(body);
  if (!parsed.success) {
    return invalid(parsed.error);
  }
  const { settings: changed = {}, ...rest } = parsed.data;
  const refused = refusedSetting(changed, around);
  return (
    refused ?? destinationReply(around.state.changeDestination(id, { ...defined(rest), settings: changed }))
  );
}

function refusedSetting(
  given: Readonly<Record<string, unknown>>,
  { offersWholeBodySignature }: ApiSurroundings,
): ApiReply | undefined {
  const known = [
    'sharedSecret',
    'dynamicAuthSettings',
    ...(offersWholeBodySignature ? ['useSegmentSignatureHeader'] : []),
  ];
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  return unknown === undefined
    ? undefined
    : problem(422, `"${unknown}" is not allowed`, `settings.${unknown}`);
}

function listSubscriptions(call: ApiCall, around: ApiSurroundings, [id = '']: readonly string[]): ApiReply {
  const { state } = around;
  return state.destinations.has(id)
    ? page(call, around, 'subscriptions', state.subscriptionsOf(id).map(withSlug))
    : problem(404, 'The destination was not found.');
}

function withSlug(subscription: StoredSubscription): object {
  return { ...subscription, actionSlug: 'send' };
}

function createSubscription(
  { body }: ApiCall,
  { state }: ApiSurroundings,
  [id = '']: readonly string[],
): ApiReply {
  const parsed = newSubscription.safeParse(body);
  if (!parsed.success) {
    return invalid(parsed.error);
  }
  if (!state.destinations.has(id)) {
    return problem(404, 'The destination was not found.');
  }
  if (parsed.data.actionId !== sendActionId) {
    return problem(422, `The destination has no action ${parsed.data.actionId}.`, 'actionId');
  }
  if (state.subscriptionsOf(id).length >= maxMappings) {
    return problem(422, `A destination has at most ${maxMappings} mappings.`);
  }
  const refused = refusedMapping(parsed.data);
  return (
    refused ??
    data(
      { destinationSubscription: withSlug(state.addSubscription({ ...parsed.data, destinationId: id })) },
      201,
    )
  );
}

function changeSubscription({ body }: ApiCall, { state }: ApiSurroundings, ids: readonly string[]): ApiReply {
  const [destinationId, id = ''] = ids;
  const parsed = subscriptionChange.safeParse(body);
  if (!parsed.success) {
    return invalid(parsed.error);
  }
  if (state.subscriptions.get(id)?.destinationId !== destinationId) {
    return problem(404, 'The mapping was not found.');
  }
  const change = defined(parsed.data.input);
  const refused = refusedMapping(change);
  const changed = refused ?? state.changeSubscription(id, change);
  return refused ?? data({ subscription: withSlug(changed as StoredSubscription) });
}

function refusedMapping(mapping: Partial<StoredSubscription>): ApiReply | undefined {
  if (mapping.trigger !== undefined && 'error' in parseFql(mapping.trigger)) {
    return problem(422, '"trigger" is not valid FQL', 'trigger');
  }
  if (mapping.settings === undefined) {
    return undefined;
  }
  const { url, batch_size: batchSize = 0 } = mapping.settings;
  if (typeof url !== 'string' || !URL.canParse(url)) {
    return problem(422, '"url" must be a valid uri', 'settings.url');
  }
  return Number(batchSize) <= 4_000
    ? undefined
    : problem(422, '"batch_size" must be at most 4000', 'settings.batch_size');
}

function invalid(error: z.ZodError): ApiReply {
  const field = error.issues[0]?.path.join('.') ?? '';
  return problem(422, `"${field}" is required`, field);
}

type Defined<Given> = { [Key in keyof Given]?: Exclude<Given[Key], undefined> };

function defined<Given extends object>(given: Given): Defined<Given> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Defined<Given>;
}

/** Source: docs.segmentapis.com, "Pagination": in the dotted form; the cursor is opaque. */
function page(
  { url }: ApiCall,
  { pageSize }: ApiSurroundings,
  name: string,
  elements: readonly object[],
): ApiReply {
  const count = Math.min(Number(url.searchParams.get('pagination.count') ?? pageSize), pageSize);
  const cursor = url.searchParams.get('pagination.cursor');
  const from = cursor === null ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
  const next =
    from + count < elements.length ? Buffer.from(String(from + count)).toString('base64url') : undefined;
  const pagination = {
    current: cursor ?? 'first',
    totalEntries: elements.length,
    ...(next === undefined ? {} : { next }),
  };
  return data({ [name]: elements.slice(from, from + count), pagination });
}
