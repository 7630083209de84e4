import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { ownedUpdate } from './ownedUpdate.ts';
import type { CreditReservation, RunLease } from './runTransitions.ts';
import { transact } from './transact.ts';
import { assign, number, text } from './updateExpression.ts';

/** A budget that a run is to be paid from. */
export interface BudgetLimit {
  readonly key: string;
  /** Credits of the whole period. */
  readonly credits: number;
  readonly expiresAtSeconds: number;
}

/** `spent`: there is no room in the budget of that key; `lost`: another delivery holds the run. */
export type ReservationOutcome =
  | { readonly kind: 'reserved'; readonly creditReservation: CreditReservation }
  | { readonly kind: 'spent'; readonly key: string }
  | { readonly kind: 'lost' };

/**
 * The budgets of the ledger. A reservation and the note of it on the run are one transaction, and so are its settlement
 * and the run's end: whatever crashes when, what is committed is exactly what runs have reserved and spent.
 */
export class Budgets {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** Reserves credits in all of the budgets, or in none. */
  async reserve(
    lease: RunLease,
    credits: number,
    budgets: readonly BudgetLimit[],
  ): Promise<ReservationOutcome> {
    const tooSmall = budgets.find((budget) => budget.credits < credits);
    if (tooSmall !== undefined) {
      return { kind: 'spent', key: tooSmall.key };
    }
    const creditReservation = { credits, budgets: budgets.map(({ key }) => key).sort() };
    const outcome = await transact(this.#client, [
      { Update: this.#note(lease, creditReservation) },
      ...budgets.map((budget) => this.#commit(budget, credits)),
    ]);
    if (outcome.kind === 'written') {
      return { kind: 'reserved', creditReservation };
    }
    const refusing = budgets.find((_budget, index) => outcome.by.includes(index + 1));
    return outcome.by.includes(0) || refusing === undefined
      ? { kind: 'lost' }
      : { kind: 'spent', key: refusing.key };
  }

  /** Gives reserved credits back, unspent. @returns whether the run was still this delivery's */
  async release(lease: RunLease, creditReservation: CreditReservation): Promise<boolean> {
    const forget = ownedUpdate(this.#table, lease, {
      set: assign({}),
      remove: ['creditsReserved', 'budgets'],
      condition: 'attribute_exists(#creditsReserved)',
    });
    const outcome = await transact(this.#client, [
      { Update: forget },
      ...settlementWrites(this.#table, creditReservation, 0),
    ]);
    return outcome.kind === 'written';
  }

  #note(lease: RunLease, { credits, budgets }: CreditReservation): ReturnType<typeof ownedUpdate> {
    return ownedUpdate(this.#table, lease, {
      set: assign({ creditsReserved: number(credits), budgets: { SS: [...budgets] } }),
      condition: 'attribute_not_exists(#creditsReserved)',
    });
  }

  #commit({ key, credits: limit, expiresAtSeconds }: BudgetLimit, credits: number): TransactWriteItem {
    return {
      Update: {
        TableName: this.#table,
        Key: { pk: text(key) },
        UpdateExpression: 'SET expiresAt = :expires ADD committedCredits :credits',
        ConditionExpression: 'attribute_not_exists(committedCredits) OR committedCredits <= :room',
        ExpressionAttributeValues: {
          ':credits': number(credits),
          ':room': number(limit - credits),
          ':expires': number(expiresAtSeconds),
        },
      },
    };
  }
}

/** The writes that turn reserved credits into spent ones, in all of the reservation's budgets. */
export function settlementWrites(
  table: string,
  { credits, budgets }: CreditReservation,
  creditsSpent: number,
): readonly TransactWriteItem[] {
  return budgets.map((key) => ({
    Update: {
      TableName: table,
      Key: { pk: text(key) },
      UpdateExpression: 'ADD committedCredits :change, spentCredits :spent',
      ExpressionAttributeValues: {
        ':change': number(creditsSpent - credits),
        ':spent': number(creditsSpent),
      },
    },
  }));
}
