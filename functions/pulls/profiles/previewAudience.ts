import * as z from 'zod/mini';
import type { PullAnswer } from '../pull.ts';
import type { FoundIds, ProfilesState, ProfilesStep } from './profileState.ts';
import type { ProfileOptions } from './profilesOptions.ts';

const audienceSchema = z.object({
  data: z.object({
    audience: z.object({
      definition: z.nullish(z.object({ query: z.string(), targetEntity: z.nullish(z.string()) })),
      audienceType: z.nullish(z.string()),
    }),
  }),
});
const startedSchema = z.object({
  data: z.object({ audiencePreview: z.object({ id: z.string() }) }),
});
const previewSchema = z.object({
  data: z.object({
    audiencePreview: z.object({
      status: z.enum(['RUNNING', 'COMPLETED', 'FAILED']),
      results: z.nullish(z.array(z.object({ id: z.string() }))),
      size: z.nullish(z.object({ count: z.nullish(z.number()) })),
      failureReason: z.nullish(z.string()),
    }),
  }),
});

/** How long a preview is given before it is looked at. */
export const previewPollMs = 5_000;

/** Previews the audience by its own definition. */
export function previewAudience(
  state: ProfilesState,
  { space, of }: ProfileOptions,
  answer: PullAnswer | undefined,
): ProfilesStep {
  const audience = of.kind === 'audiencePreview' ? of.audience : '';
  if (answer === undefined) {
    return { calls: [{ operation: 'readAudience', request: { path: { space, audience } } }] };
  }
  const { definition, audienceType } = answer.found
    ? audienceSchema.parse(answer.value).data.audience
    : { definition: undefined, audienceType: undefined };
  if (!definition) {
    throw new Error(`the space ${space} has no audience ${audience} with a definition`);
  }
  const body = { definition, audienceType: audienceType ?? 'USERS' };
  return {
    calls: [{ operation: 'previewAudience', request: { path: { space }, body } }],
    next: { ...state, at: 'started' },
  };
}

/** Waits for the preview that was started. */
export function awaitPreview(state: ProfilesState, answer: PullAnswer | undefined): ProfilesStep {
  const { id } = startedSchema.parse(answer?.value).data.audiencePreview;
  return { next: { ...state, at: 'ids', preview: id }, waitMs: previewPollMs };
}

/** The ids of one step; `undefined`: the preview is not ready. */
export function idsOfPreview(
  { offset = 0 }: ProfilesState,
  most: number,
  { found, value }: PullAnswer,
): FoundIds | undefined {
  if (!found) {
    throw new Error('the preview of the audience is gone; start the pull again');
  }
  const { status, results, size, failureReason } = previewSchema.parse(value).data.audiencePreview;
  switch (status) {
    case 'RUNNING':
      return undefined;
    case 'FAILED':
      throw new Error(`Segment could not preview the audience: ${failureReason ?? 'it says no reason'}`);
    case 'COMPLETED': {
      const all = results ?? [];
      const members = size?.count ?? 0;
      if (all.length === 0 && members > 0) {
        throw new Error(`the preview of the audience names none of its ${members} members`);
      }
      const end = offset + most;
      const ids = all.slice(offset, end).map(({ id }) => id);
      return { ids, more: end < all.length ? { offset: end } : undefined };
    }
  }
}
