import * as z from 'zod/mini';

/** What an account has left, as Mavera reports it. */
export interface AccountUsage {
  readonly creditsRemaining: number;
  readonly creditsIncluded: number;
  /** Mavera buys credits when they run low. */
  readonly autoRecharge: boolean;
  /** What the account's plan allows; absent when Mavera does not say. */
  readonly requestsPerMinute?: number | undefined;
}

/** More than any account has. The ledger's numbers have an upper bound too: DynamoDB takes at most 1e126. */
const maxCredits = 1e15;

const credits = z.number().check(z.minimum(-maxCredits), z.maximum(maxCredits));

/** One request in ten minutes. With a lower limit a run would wait for hours for its slot. */
const leastRequestsPerMinute = 0.1;

const usage = z.object({
  credits: z.object({ remaining: credits, included: z.optional(z.nullable(credits)) }),
  rate_limit: z.optional(
    z.nullable(
      z.object({
        requests_per_minute: z.optional(
          z.nullable(z.number().check(z.minimum(leastRequestsPerMinute), z.maximum(maxCredits))),
        ),
      }),
    ),
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
