import type { Verdict } from '../../../functions/ledger/decision.ts';
import type { DecideOutcome } from '../../../functions/ledger/decisions.ts';
import { explainReason } from '../../../functions/run/reasons.ts';

/** Why a run could not be decided about, and what to do, for people. */
export function refusalOf(
  outcome: Exclude<DecideOutcome, { readonly kind: 'decided' }>,
  verdict: Verdict,
): string {
  switch (outcome.kind) {
    case 'unknown':
      return 'The ledger has no such run.';
    case 'ended':
      return `It is ${outcome.state} already.${explained(outcome)}`;
    case 'busy':
      return 'A runner is working on it: try again in a minute.';
    case 'begun':
      return `It has begun, so it can no longer be ${verdict}: Mavera works on its request, or may have done the work.`;
    case 'collecting':
      return `It collects events, so it can only be ${verdict} when the collection is closed.`;
    case 'not_asking':
      return `It does not wait for approval; it is ${outcome.state}.${explained(outcome)}`;
    case 'parked_again':
      return 'It was parked again in the meantime: run the command again.';
  }
}

function explained({ reason }: { readonly reason: string | undefined }): string {
  return reason === undefined || reason === 'done' ? '' : ` ${explainReason(reason)}`;
}
