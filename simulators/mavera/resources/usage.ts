import type { ApiAnswer } from '../../http/reply.ts';
import type { Account } from '../account.ts';
import type { ApiRequest, Route } from '../route.ts';

/**
 * What the account has used in this billing period, which is the calendar month (UTC).
 *
 * Source: API reference, "Get usage statistics".
 */
export const usageRoutes: readonly Route[] = [{ method: 'GET', path: '/usage', handle: getUsage }];

async function getUsage({ takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  await takeTime('reads');
  const credits = account.credits.balance();
  const { requests, errors, durationMs } = account.usage;
  const body = {
    object: 'usage',
    billing_period: billingPeriod(account.now()),
    credits: { ...credits, percentage_used: percentage(credits.used, credits.included) },
    transcription: { minutes_used: 0, minutes_included: 500, minutes_remaining: 500, percentage_used: 0 },
    storage: { gb_used: 0, gb_included: 50, gb_remaining: 50, percentage_used: 0 },
    api_requests: {
      total_requests: requests,
      total_tokens: 0,
      prompt_tokens: 0,
      completion_tokens: 0,
      credits_used: credits.used,
      error_count: errors,
      avg_latency_ms: requests === 0 ? 0 : Math.round(durationMs / requests),
    },
    rate_limit: { requests_per_minute: account.requestsPerMinute },
    auto_recharge: { enabled: false, threshold: 100, credits_to_add: 1000 },
    limits: { budget_alert: null, usage_limit: null },
  };
  return { status: 200, body };
}

function billingPeriod(nowMs: number): { readonly start: string; readonly end: string } {
  const now = new Date(nowMs);
  const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) - 1;
  return { start: new Date(start).toISOString(), end: new Date(end).toISOString() };
}

function percentage(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.round((part / whole) * 1000) / 10;
}
