import type { WatchedEvent } from './newTrigger.ts';

/** Made-up values of the properties that go into a request to Mavera. */
export type SampleProperties = Readonly<Record<string, string | number>>;

const ofSegment: Readonly<Record<string, SampleProperties>> = {
  churn_signal: { ltv: 1_200, signal_type: 'cancel page visited' },
  trial_started: { plan: 'professional', source: 'website' },
  feature_milestone: { feature_name: 'exports', milestone: 'first 10' },
  plan_upgraded: { previous_plan: 'starter', new_plan: 'professional' },
  'Audience Entered': { audience_key: 'at_risk' },
  'Order Completed': { revenue: 84.5, currency: 'EUR' },
};

const ofSendGrid: Readonly<Record<string, SampleProperties>> = {
  'Email Link Clicked': { url: 'https://example.com/pricing' },
  'Email Opened': {
    useragent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15',
  },
  'Email Bounced': { reason: '550 5.1.1 no such mailbox' },
  'Email Dropped': { reason: 'Bounced Address' },
};

/**
 * Made-up values of the properties that such an event has. Of an event that is not known here it is one property, to be replaced
 * by those that the event really has.
 */
export function samplePropertiesOf({ source, name }: WatchedEvent): SampleProperties {
  switch (source) {
    case 'segment':
      return own(ofSegment, name) ?? { plan: 'professional' };
    case 'sendgrid':
      return own(ofSendGrid, name) ?? { category: 'onboarding' };
    case 'segops':
      return { segment_name: name === 'all' ? 'High LTV Buyers' : name, member_count: 1_842 };
  }
}

function own(
  samples: Readonly<Record<string, SampleProperties>>,
  name: string,
): SampleProperties | undefined {
  return Object.hasOwn(samples, name) ? samples[name] : undefined;
}
