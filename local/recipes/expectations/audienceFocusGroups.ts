import { defaultAudiences } from '../../../simulators/segment/audiences/defaultAudiences.ts';
import type { RecipeExpectation } from '../recipeExpectation.ts';
import { noPersonalData } from './noPersonalData.ts';

const keys = ['high_value', 'at_risk', 'active_trials'];
const audiences = defaultAudiences(Date.now()).filter(({ key }) => keys.includes(key));
const all = audiences.length;

/** A persona and a focus group for each audience, and one comparison. */
export const audienceFocusGroups: RecipeExpectation = {
  recipe: 'audience-focus-groups',
  pulls: { 'audience-persona': { items: all, runs: all, unchanged: 0, beyond: 0 } },
  again: { 'audience-persona': { items: all, runs: 0, unchanged: all } },
  runs: { 'audience-persona': all, 'audience-voices': all, 'audience-comparison': 1 },
  requests: {
    'audience-persona': {
      with: audiences.flatMap(({ query, size }) => [query, `one of the ${size} customers`]),
      without: noPersonalData,
    },
    'audience-voices': { with: audiences.map(({ name }) => `What moves the audience ${name}?`) },
    // In the first comparison nothing is of before.
    'audience-comparison': {
      with: audiences.map(({ name }) => `"${name}", asked now: `),
      without: ['asked before'],
    },
  },
};
