import * as z from 'zod/mini';

/** What an account has left, as Mavera says. */
export interface AccountUsage {
  readonly creditsRemaining: number;
  readonly creditsIncluded: number;
  /** Mavera buys credits by itself when they run low. */
  readonly autoRecharge: boolean;
  /** What the account's plan allows; absent when it was not said. */
  readonly requestsPerMinute?: number | undefined;
}

const usage = z.object({
  credits: z.object({ remaining: z.number(), included: z.optional(z.nullable(z.number())) }),
  rate_limit: z.optional(
    z.nullable(z.object({ requests_per_minute: z.optional(z.nullable(z.number().check(z.positive()))) })),
  ),
  auto_recharge: z.optional(z.nullable(z.object({ enabled: z.optional(z.nullable(z.boolean())) }))),
});

/**
 * Reads the answer of `GET /usage`.
 * Source: Mavera API reference, "Get usage statistics".
 *
 * @throws ZodError when it is not of the documented shape
 */
export function readAccountUsage(json: unknown): AccountUsage {
  const { credits, rate_limit, auto_recharge } = usage.parse(json);
  return {
    creditsRemaining: credits.remaining,
    creditsIncluded: credits.included ?? 0,
    autoRecharge: auto_recharge?.enabled === true,
    requestsPerMinute: rate_limit?.requests_per_minute ?? undefined,
  };
}
