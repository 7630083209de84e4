import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { defaultProfiles } from '../../../simulators/segment/profiles/defaultProfiles.ts';
import type { RecipeExpectation } from '../recipeExpectation.ts';
import { noPersonalData } from './noPersonalData.ts';

const customers = join(projectRoot, 'examples/recipes/customers.csv');
const [, ...userIds] = readFileSync(customers, 'utf8').trim().split('\n');
const known = new Set(userIds);
const profiles = defaultProfiles(Date.now()).filter(({ ids }) =>
  ids.some(({ type, id }) => type === 'user_id' && known.has(id)),
);
// Each channel of the made-up company has a Segment source of its own.
const inSeveral = profiles.filter(({ ids }) => new Set(ids.map(({ sourceId }) => sourceId)).size > 1);

/** Of two groups one is wanted: an answer of Mave about it, and a persona. */
export const unifiedPersona: RecipeExpectation = {
  recipe: 'unified-persona',
  pulls: { 'channel-habits': { rows: userIds.length, items: 2, runs: 1, leftOut: 1 } },
  again: { 'channel-habits': { rows: userIds.length, items: 2, runs: 0, unchanged: 1, leftOut: 1 } },
  runs: { 'channel-habits': 1, 'unified-persona': 1 },
  requests: {
    'channel-habits': {
      with: [`${inSeveral.length} of ${profiles.length} of our customers`, 'Web app', 'iPhone app'],
      without: noPersonalData,
    },
    'unified-persona': {
      with: [`Stands for ${inSeveral.length} customers`, /"channels":\[[^\]]*"email"/],
      without: noPersonalData,
    },
  },
};
