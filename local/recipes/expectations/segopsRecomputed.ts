import { defaultSegments } from '../../../simulators/segops/segment.ts';
import type { RecipeExpectation } from '../recipeExpectation.ts';

const segments = defaultSegments();
const large = segments.filter(({ members }) => members.length >= 50);
const small = segments.length - large.length;

/** Each large segment starts once, whether its computation was posted, several times, or pulled. */
export const segopsRecomputed: RecipeExpectation = {
  recipe: 'segops-recomputed',
  pulls: { 'segment-news': { items: segments.length, runs: large.length, leftOut: small } },
  again: { 'segment-news': { items: segments.length, runs: 0, unchanged: large.length, leftOut: small } },
  posts: ['segops/segments.ndjson'],
  runs: { 'segment-news': large.length, 'segment-persona': large.length },
  requests: {
    'segment-news': { with: large.map(({ name }) => name) },
    'segment-persona': { with: large.map(({ name }) => `Segment ${name}`) },
  },
};
