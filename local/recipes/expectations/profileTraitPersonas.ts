import { type Customer, customerAt } from '../../../simulators/customers.ts';
import type { RecipeExpectation } from '../recipeExpectation.ts';
import { noPersonalData } from './noPersonalData.ts';

/** Members of an audience that a preview of the simulator gives. */
const sampled = 200;
const customers = Array.from({ length: sampled }, (_none, index) => customerAt(index));
const topFifth = customers.map(({ ltv }) => ltv).sort((one, other) => other - one)[sampled / 5] ?? 0;

const counts = new Map<string, number>();
for (const customer of customers) {
  const cluster = clusterOf(customer);
  counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
}
const clusters = [...counts].filter(([name]) => name !== 'other');

function clusterOf({ daysSinceSignup, churnRisk, ltv, engagementTier, plan }: Customer): string {
  if (daysSinceSignup < 30) {
    return 'new';
  }
  if (churnRisk === 'high' && ltv >= 500) {
    return 'at_risk';
  }
  if (ltv >= topFifth) {
    return 'high_value';
  }
  const isPaying = plan === 'starter' || plan === 'basic' || plan === 'professional';
  return isPaying && engagementTier === 'high' ? 'growth' : 'other';
}

/** A persona for each cluster; the customers in none start nothing. */
export const profileTraitPersonas: RecipeExpectation = {
  recipe: 'profile-trait-personas',
  pulls: { 'cluster-persona': { items: counts.size, runs: clusters.length, leftOut: 1, beyond: 0 } },
  again: { 'cluster-persona': { items: counts.size, runs: 0, unchanged: clusters.length, leftOut: 1 } },
  runs: { 'cluster-persona': clusters.length },
  requests: {
    'cluster-persona': {
      with: [
        ...clusters.map(([, count]) => `${count} of ${sampled} customers`),
        ...clusters.map(([name]) => `Customers: ${name.replace('_', ' ')}`),
        '"pipeline_type":"advanced"',
        `in the top 20 % (from ${topFifth})`,
      ],
      without: noPersonalData,
    },
  },
};
