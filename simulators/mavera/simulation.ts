import type { Account } from './account.ts';
import type { KeyLimits } from './rateLimit.ts';

/** The state of one running simulator: the account, and the counts around it. */
export interface Simulation {
  readonly account: Account;
  readonly limits: KeyLimits;
  /** The only key that is accepted; `undefined`: every key of the documented form. */
  readonly apiKey: string | undefined;
}
