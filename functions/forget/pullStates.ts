import { inflatedText } from '../ledger/collectedEvents.ts';
import type { LedgerItem } from '../ledger/ledgerTable.ts';
import type { ForgottenUsers } from './forgottenUsers.ts';

/** The key of a pull before the name of its trigger. */
export const pullPrefix = 'pull#';

/** A pull at work whose state names users. The state is removed when the occurrence ends. */
export interface OpenPull {
  readonly trigger: string;
  readonly users: readonly string[];
}

/** The pull of an item of the ledger, if its state names users. */
export function openPullOf({ pk, state }: LedgerItem, users: ForgottenUsers): OpenPull | undefined {
  const json = state?.B === undefined ? '' : inflatedText([state.B]);
  const named = users.ids.filter((id) => json.includes(JSON.stringify(id)));
  return named.length === 0 ? undefined : { trigger: (pk?.S ?? '').slice(pullPrefix.length), users: named };
}
