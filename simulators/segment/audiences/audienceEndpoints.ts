import * as z from 'zod';
import type { ApiCall, ApiSurroundings, Endpoint, Handler } from '../workspace/apiCall.ts';
import { type ApiReply, data, problem } from '../workspace/apiReply.ts';
import { invalidBody } from '../workspace/invalidBody.ts';
import { page } from '../workspace/page.ts';
import { type Audience, shownAudience } from './audience.ts';
import type { AudienceCallKind, AudienceSpace } from './audienceSpace.ts';

const audienceType = z.enum(['USERS', 'ACCOUNTS', 'LINKED']);
const previewRequest = z.object({
  definition: z.object({ query: z.string().min(1), targetEntity: z.string().optional() }),
  audienceType,
  options: z
    .object({
      filterByExternalIds: z.array(z.string()).optional(),
      backfillEventDataDays: z.number().positive().optional(),
    })
    .optional(),
});
const searchRequest = z.object({
  'search.type': z.enum(['DEFINITION', 'KEY', 'NAME']).optional(),
  'search.query': z.string().max(255).optional(),
  include: z.literal('schedules').optional(),
});

/** Source: segmentio/public-api-sdk-typescript at API 73: a page of audiences has 200 at most, and has to name its size. */
const audiencesOfPage = { most: 200, isRequired: true } as const;

/** The audiences of spaces, read-only, and their previews: stable v1. What the sources leave open is marked GUESS. */
export const audienceEndpoints: readonly Endpoint[] = [
  ['GET', /^\/spaces\/([^/]+)\/audiences$/, inSpace('lists', listAudiences)],
  ['POST', /^\/spaces\/([^/]+)\/audiences\/previews$/, inSpace('previews', startPreview)],
  ['GET', /^\/spaces\/([^/]+)\/audiences\/previews\/([^/]+)$/, inSpace('previewReads', readPreview)],
  ['GET', /^\/spaces\/([^/]+)\/audiences\/([^/]+)$/, inSpace('reads', readAudience)],
];

/** A call within a space. */
interface SpaceCall {
  readonly call: ApiCall;
  readonly around: ApiSurroundings;
  readonly spaceId: string;
  readonly space: AudienceSpace;
  /** The rest of the path. */
  readonly id: string;
  readonly nowMs: number;
}

/** Finds the space, and holds its limit. */
function inSpace(kind: AudienceCallKind, answer: (call: SpaceCall) => ApiReply): Handler {
  return (call, around, [spaceId = '', id = '']) => {
    const { spaces } = around.state;
    const space = spaces.find(spaceId);
    if (space === undefined) {
      return problem(404, 'The space was not found.');
    }
    const nowMs = spaces.now();
    return space.refusal(kind, nowMs) ?? answer({ call, around, spaceId, space, id, nowMs });
  };
}

function listAudiences({ call, around, spaceId, space }: SpaceCall): ApiReply {
  const asked = Object.fromEntries(call.url.searchParams);
  const search = searchRequest.safeParse(asked);
  if (!search.success) {
    return invalidBody(search.error, asked);
  }
  const { 'search.type': type, 'search.query': query = '' } = search.data;
  const found = space.audiences.filter((audience) => type === undefined || matches(audience, type, query));
  return page(
    call,
    around,
    'audiences',
    found.map((audience) => shownAudience(audience, spaceId)),
    audiencesOfPage,
  );
}

/** GUESS: that only keys are compared with their beginning. */
function matches(audience: Audience, type: 'DEFINITION' | 'KEY' | 'NAME', query: string): boolean {
  switch (type) {
    case 'DEFINITION':
      return audience.query.includes(query);
    case 'KEY':
      return audience.key.startsWith(query);
    case 'NAME':
      return audience.name.includes(query);
  }
}

function readAudience({ space, spaceId, id }: SpaceCall): ApiReply {
  const found = space.audiences.find((audience) => audience.id === id);
  return found === undefined
    ? problem(404, 'The audience was not found.')
    : data({ audience: shownAudience(found, spaceId) });
}

function startPreview({ call: { body }, space, nowMs }: SpaceCall): ApiReply {
  const parsed = previewRequest.safeParse(body);
  if (!parsed.success) {
    return invalidBody(parsed.error, body);
  }
  const started = space.preview(parsed.data, nowMs);
  return 'status' in started ? started : data({ audiencePreview: space.shownPreview(started, nowMs) });
}

function readPreview({ space, id, nowMs }: SpaceCall): ApiReply {
  const found = space.findPreview(id);
  return found === undefined
    ? problem(404, 'The preview was not found.')
    : data({ audiencePreview: space.shownPreview(found, nowMs) });
}
