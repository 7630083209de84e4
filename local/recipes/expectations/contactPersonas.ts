import { customerAt } from '../../../simulators/customers.ts';
import type { RecipeExpectation } from '../recipeExpectation.ts';
import { noPersonalData } from './noPersonalData.ts';

/** Of the simulated account. */
const contacts = 20_000;
const leastShare = 0.15;

const counts = new Map<string, number>();
for (let index = 0; index < contacts; index += 1) {
  const { plan } = customerAt(index);
  counts.set(plan, (counts.get(plan) ?? 0) + 1);
}
const large = [...counts].filter(([, count]) => count / contacts >= leastShare);
const small = counts.size - large.length;

/** A persona for each plan that many contacts have. */
export const contactPersonas: RecipeExpectation = {
  recipe: 'contact-personas',
  pulls: {
    'contact-persona': { rows: contacts, items: counts.size, runs: large.length, leftOut: small, beyond: 0 },
  },
  again: { 'contact-persona': { rows: contacts, runs: 0, unchanged: large.length, leftOut: small } },
  runs: { 'contact-persona': large.length },
  requests: {
    'contact-persona': {
      with: large.flatMap(([plan, count]) => [
        `Contacts on the plan ${plan}`,
        `our ${count} e-mail contacts`,
      ]),
      without: noPersonalData,
    },
  },
};
