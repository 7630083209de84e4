import {
  audiencePreview,
  clusterBy,
  defineTriggers,
  describeFields,
  quoted,
  segmentProfiles,
  trigger,
  updatePersona,
} from 'mavera-triggers';

/**
 * Which customers belong together. A customer is in the first cluster whose rules they meet; those in none start nothing.
 * Thresholds are numbers of yours, or a share of all customers (`top: 0.2`).
 */
const clusters = clusterBy({
  new: { days_since_signup: { below: 30 } },
  at_risk: { churn_risk: ['high'], ltv: { from: 500 } },
  high_value: { ltv: { top: 0.2 } },
  growth: { engagement_tier: ['high'], plan: ['starter', 'basic', 'professional'] },
});

/** Your space at Segment, the audience whose members are clustered, and the traits that say something about them. */
const customers = segmentProfiles({
  space: 'spa_local',
  of: audiencePreview('aud_all_customers'),
  traits: ['ltv', 'purchase_count', 'engagement_tier', 'churn_risk', 'plan', 'industry', 'days_since_signup'],
  groupBy: clusters,
});

/** On the first of each month: a persona for each cluster, created once, and updated when the cluster has changed. */
const clusterPersona = trigger(
  {
    name: 'cluster-persona',
    from: customers,
    every: { cron: '0 6 1 * ? *', timeZone: 'Europe/Berlin' },
    when: 'properties.group != "other"',
    atMost: { credits: 1_200 },
    budget: { credits: 1_500, per: 'month' },
  },
  updatePersona(
    ({ event: { properties: cluster } }) => ({
      pipeline_type: 'advanced',
      type: 'B2B',
      name: `Customers: ${cluster.group.replace('_', ' ')}`.slice(0, 100),
      description:
        `A typical customer of the group ${quoted(cluster.group)}: ${cluster.count} of ${cluster.total} customers, ` +
        `those with ${quoted(cluster.explanation)}. What they have in common: ` +
        `${describeFields(cluster.fields)}.`,
      industry: cluster.fields.industry?.top?.[0]?.value ?? 'several',
      purchase_cadence: `${cluster.fields.purchase_count?.median ?? 'An unknown number of'} purchases so far (median)`,
    }),
    { per: ({ properties }) => String(properties.group) },
  ),
);

export default defineTriggers([clusterPersona]);
