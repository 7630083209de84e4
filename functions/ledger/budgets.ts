import { assign, type LedgerTable, number } from './ledgerTable.ts';
import { type LeasedChange, leasedUpdate, type RunLease } from './runLease.ts';
import { type TransactionWrite, transact } from './transact.ts';

const hasRoom = 'attribute_not_exists(committedCredits) OR committedCredits <= :room';
const isReserved = 'attribute_exists(#creditsReserved)';
const isNotReserved = 'attribute_not_exists(#creditsReserved)';

/** A budget that a run is paid from. */
export interface BudgetLimit {
  readonly key: string;
  /** Credits of the whole period. */
  readonly credits: number;
  readonly expiresAtSeconds: number;
}

/** Credits that are set aside for a run. */
export interface CreditReservation {
  readonly credits: number;
  /** Keys of the budgets, in order. */
  readonly budgets: readonly string[];
}

/** `spent`: the budget of that key has no room; `lost`: another delivery has the lease. */
export type ReservationOutcome =
  | { readonly kind: 'reserved'; readonly creditReservation: CreditReservation }
  | { readonly kind: 'spent'; readonly key: string }
  | { readonly kind: 'lost' };

/**
 * The budgets of the ledger. A reservation and its note on the run are one transaction, and so are its settlement and the
 * run's end: after any crash, what is committed is exactly what runs have reserved and spent.
 */
export class Budgets {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /**
   * Reserves credits in all of the budgets, or in none.
   *
   * @param change of the run's item, to be made with the reservation or not at all
   */
  async reserve(
    lease: RunLease,
    credits: number,
    budgets: readonly BudgetLimit[],
    change?: LeasedChange,
  ): Promise<ReservationOutcome> {
    const tooSmall = budgets.find((budget) => budget.credits < credits);
    if (tooSmall !== undefined) {
      return { kind: 'spent', key: tooSmall.key };
    }
    const creditReservation = { credits, budgets: budgets.map(({ key }) => key).sort() };
    const outcome = await transact(this.#table, [
      reservationNote(lease, creditReservation, change),
      ...budgets.map((budget) => commitment(budget, credits)),
    ]);
    if (outcome.kind === 'written') {
      return { kind: 'reserved', creditReservation };
    }
    const refusing = budgets.find((_budget, index) => outcome.by.includes(index + 1));
    return outcome.by.includes(0) || refusing === undefined
      ? { kind: 'lost' }
      : { kind: 'spent', key: refusing.key };
  }

  /**
   * Ends a reservation: some of it is spent, the rest is given back.
   *
   * @returns whether this delivery still had the lease
   */
  async settle(
    lease: RunLease,
    creditReservation: CreditReservation,
    creditsSpent: number,
  ): Promise<boolean> {
    const update = leasedUpdate(lease, { set: assign({}), ...noteRemoval });
    const writes = settlementWrites(creditReservation, creditsSpent);
    return (await transact(this.#table, [{ update }, ...writes])).kind === 'written';
  }
}

/** Removes the note of a reservation from a run's item, once: what is not reserved any more cannot be settled again. */
export const noteRemoval: { readonly remove: readonly string[]; readonly condition: string } = {
  remove: ['creditsReserved', 'budgets'],
  condition: isReserved,
};

/** The writes that turn reserved credits into spent ones, in all budgets of the reservation. */
export function settlementWrites(
  { credits, budgets }: CreditReservation,
  creditsSpent: number,
): readonly TransactionWrite[] {
  return budgets.map((pk) => ({
    update: {
      pk,
      change: 'ADD committedCredits :change, spentCredits :spent',
      values: { ':change': number(creditsSpent - credits), ':spent': number(creditsSpent) },
    },
  }));
}

function reservationNote(
  lease: RunLease,
  { credits, budgets }: CreditReservation,
  { set: others = assign({}), remove = [], condition }: Partial<LeasedChange> = {},
): TransactionWrite {
  const own = assign({ creditsReserved: number(credits), budgets: { SS: [...budgets] } });
  const set = {
    assignments: [own.assignments, others.assignments].filter((part) => part !== '').join(', '),
    values: { ...own.values, ...others.values },
  };
  const both = condition === undefined ? isNotReserved : `${isNotReserved} AND ${condition}`;
  return { update: leasedUpdate(lease, { set, remove, condition: both }) };
}

function commitment(
  { key, credits: limit, expiresAtSeconds }: BudgetLimit,
  credits: number,
): TransactionWrite {
  return {
    update: {
      pk: key,
      change: 'SET expiresAt = :expires ADD committedCredits :credits',
      condition: hasRoom,
      values: {
        ':credits': number(credits),
        ':room': number(limit - credits),
        ':expires': number(expiresAtSeconds),
      },
    },
  };
}
