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

/** More than any plan allows: the greatest that is documented is 600. */
const maxRequestsPerMinute = 1e15;

/** One request in ten minutes. With a lower limit a run would wait for hours for its slot. */
const leastRequestsPerMinute = 0.1;

const requestsPerMinute = z
  .number()
  .check(z.minimum(leastRequestsPerMinute), z.maximum(maxRequestsPerMinute));

const usage = z.object({
  credits: z.object({ remaining: credits, included: orAbsent(credits) }),
  rate_limit: orAbsent(z.object({ requests_per_minute: orAbsent(requestsPerMinute) })),
  auto_recharge: orAbsent(z.object({ enabled: orAbsent(z.boolean()) })),
});

/** An impossible value counts as absent, so that the other members are still read. */
function orAbsent<Output>(schema: z.ZodMiniType<Output>): z.ZodMiniType<Output | undefined> {
  return z.catch(z.optional(schema), undefined);
}

/**
 * Reads the answer of `GET /usage`.
 * Source: Mavera API reference, "Get usage statistics".
 *
 * @throws ZodError when it does not say how many credits remain
 */
export function readAccountUsage(json: unknown): AccountUsage {
  const { credits, rate_limit, auto_recharge } = usage.parse(json);
  return {
    creditsRemaining: credits.remaining,
    creditsIncluded: credits.included ?? 0,
    autoRecharge: auto_recharge?.enabled === true,
    requestsPerMinute: rate_limit?.requests_per_minute,
  };
}
