import { audienceEndpoints } from '../audiences/audienceEndpoints.ts';
import type { ApiCall, ApiSurroundings, Endpoint } from './apiCall.ts';
import { type ApiReply, data, problem } from './apiReply.ts';
import { webhooksMetadata, webhooksMetadataId } from './catalog.ts';
import { destinationEndpoints } from './destinationEndpoints.ts';
import { sourceEndpoints } from './sourceEndpoints.ts';
import { subscriptionEndpoints } from './subscriptionEndpoints.ts';

/**
 * The endpoints that set up destinations and mappings, and those that read sources and audiences. Sources: docs.segmentapis.com and the types of
 * segmentio/public-api-sdk-typescript; what they leave open is marked GUESS.
 */
const endpoints: readonly Endpoint[] = [
  ['GET', /^\/$/, () => data({ workspace: { id: 'ws_local', slug: 'local', name: 'Local workspace' } })],
  ['GET', /^\/echo$/, echo],
  ['GET', /^\/catalog\/destinations\/([^/]+)$/, readCatalog],
  ...sourceEndpoints,
  ...audienceEndpoints,
  ...destinationEndpoints,
  ...subscriptionEndpoints,
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

/** Echoes the message without the headers: one of them is the token. */
function echo({ url }: ApiCall): ApiReply {
  return data({ method: 'get', message: url.searchParams.get('message') ?? '', headers: {} });
}

function readCatalog(_call: ApiCall, around: ApiSurroundings, [id]: readonly string[]): ApiReply {
  return id === webhooksMetadataId
    ? data({ destinationMetadata: webhooksMetadata(around.offersWholeBodySignature) })
    : problem(404, `There is no destination ${id} in the catalog.`);
}
