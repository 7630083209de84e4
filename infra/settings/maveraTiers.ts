/**
 * Mavera's plans: the requests that an API key may make in any 60 seconds, and the credits of a month. The credits of
 * Enterprise are agreed with each customer. Source: Mavera's guides "Rate limits" and "Credits".
 */
export const maveraTiers = {
  starter: { requestsPerMinute: 60, monthlyCredits: 500 },
  basic: { requestsPerMinute: 120, monthlyCredits: 2_000 },
  professional: { requestsPerMinute: 240, monthlyCredits: 5_000 },
  enterprise: { requestsPerMinute: 600, monthlyCredits: undefined },
} as const;

/** A plan at Mavera. */
export type MaveraTier = keyof typeof maveraTiers;

export const maveraTierNames = [
  'starter',
  'basic',
  'professional',
  'enterprise',
] as const satisfies readonly MaveraTier[];
