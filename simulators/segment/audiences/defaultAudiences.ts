import { type Customer, customerAt } from '../../customers.ts';
import { defaultProfileCount, segmentIdOf } from '../profiles/defaultProfiles.ts';
import type { Audience } from './audience.ts';

const dayMs = 86_400_000;

const descriptions = {
  high_value: 'They have spent 2,000 dollars or more with us.',
  at_risk: 'They pay, have not ordered for weeks and no longer visit.',
  active_trials: 'They try the product and have looked at a report in the last two weeks.',
  mobile_first: 'They open the iPhone or Android app at least three times a month.',
  all_customers: 'Everybody who has ever had a plan.',
  enterprise_accounts: 'Companies on the largest plan.',
  freshly_made: 'Made today, and not counted yet.',
  summer_2025: 'They used the coupon of last summer.',
} as const;

/**
 * The audiences of the made-up company: eight, of which one is turned off and one is not counted yet. Members are among the
 * default profiles.
 */
export function defaultAudiences(nowMs: number): readonly Audience[] {
  const audience = audienceAt(nowMs);
  return [
    audience('high_value', 'High-value customers', "trait('ltv') >= 2000", 4_184, ({ ltv }) => ltv >= 2_000),
    audience(
      'at_risk',
      'Paying customers at risk',
      "trait('churn_risk') = 'high' and trait('ltv') >= 180",
      2_906,
      ({ churnRisk, ltv }) => churnRisk === 'high' && ltv >= 180,
    ),
    audience(
      'active_trials',
      'Active trials',
      "trait('plan') = 'trial' and event('Report Viewed').within(14 days).count() >= 1",
      512,
      ({ plan, engagementTier }) => plan === 'trial' && engagementTier !== 'low',
    ),
    audience(
      'mobile_first',
      'Customers who use the apps',
      "event('Application Opened').within(30 days).count() >= 3",
      6_340,
      ({ channels }) => channels.includes('ios') || channels.includes('android'),
    ),
    audience('all_customers', 'Everybody with a plan', "trait('plan').exists()", 20_000, () => true),
    {
      ...audience(
        'enterprise_accounts',
        'Enterprise accounts',
        "trait('plan') = 'enterprise'",
        318,
        () => false,
      ),
      audienceType: 'ACCOUNTS',
    },
    {
      ...audience('freshly_made', 'Freshly made', "trait('industry') = 'travel'", 0, () => false),
      size: undefined,
      status: 'Computing',
    },
    {
      ...audience(
        'summer_2025',
        'Summer campaign of 2025',
        "event('Coupon Used').count() >= 1",
        77,
        () => false,
      ),
      enabled: false,
      status: 'Disabled',
    },
  ];
}

function audienceAt(
  nowMs: number,
): (
  key: keyof typeof descriptions,
  name: string,
  query: string,
  size: number,
  has: (customer: Customer) => boolean,
) => Audience {
  return (key, name, query, size, has) => ({
    id: `aud_${key}`,
    key,
    name,
    description: descriptions[key],
    enabled: true,
    query,
    audienceType: 'USERS',
    cadence: 'BATCH',
    status: 'Live',
    size,
    members: Array.from({ length: defaultProfileCount }, (_none, index) => customerAt(index))
      .filter(has)
      .map(({ userId }) => segmentIdOf(userId)),
    updatedAtMs: nowMs - dayMs,
  });
}
