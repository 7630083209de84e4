import { chunk, mapConcurrently } from '../aws/mapConcurrently.ts';
import {
  type ClaimItem,
  type ClaimOutcome,
  type ClaimVerdict,
  claimOutcome,
  judgeClaim,
} from './claimState.ts';
import type { LedgerItem, LedgerTable } from './ledgerTable.ts';
import { runStatements, statementsPerCall } from './statements.ts';

/** Enough to keep the connection pool busy, few enough for the table's other users. */
export const callsAtOnce = 12;

/** Claims that are looked at in one read. */
const claimsPerRead = 100;

/** Whose claims, since when, and for how long. */
export interface ClaimOptions {
  /** Random, one per request. */
  readonly owner: string;
  readonly nowMs: number;
  readonly leaseUntilMs: number;
  readonly expiresAtSeconds: number;
  /** Ends calls that would be answered too late. */
  readonly signal: AbortSignal;
}

const isNew = 'attribute_not_exists(pk)';
const leaseHasEnded = '(#state = :claiming AND leaseUntilMs <= :now)';
const isExpired = 'expiresAt <= :nowSeconds';

/** One request's attempt at claims. After the first failure of the ledger it asks no further. */
export class ClaimAttempt {
  readonly #table: LedgerTable;
  readonly #options: ClaimOptions;
  readonly #onTrouble: (error: unknown) => void;
  readonly #outcomes = new Map<string, ClaimOutcome>();
  #ledgerIsDown = false;

  constructor(table: LedgerTable, options: ClaimOptions, onTrouble: (error: unknown) => void) {
    this.#table = table;
    this.#options = options;
    this.#onTrouble = onTrouble;
  }

  /** Inserts 25 a call. Only refused keys are looked at, and only those whose claim is dead are tried again. */
  async claimMany(keys: readonly string[]): Promise<ReadonlyMap<string, ClaimOutcome>> {
    const refused: string[] = [];
    await mapConcurrently(chunk(keys, statementsPerCall), callsAtOnce, async (some) => {
      refused.push(...(await this.#guard(some, () => this.#insert(some))));
    });
    const free: string[] = [];
    await mapConcurrently(chunk(refused, claimsPerRead), callsAtOnce, async (some) => {
      free.push(...(await this.#guard(some, () => this.#judge(some))));
    });
    await mapConcurrently(free, callsAtOnce, (key) => this.claimOne(key));
    return this.#outcomes;
  }

  async claimOne(key: string): Promise<ReadonlyMap<string, ClaimOutcome>> {
    await this.#guard([key], async () => {
      this.#outcomes.set(key, await this.#put(key));
      return [];
    });
    return this.#outcomes;
  }

  /** @returns the keys that the work left open; all keys become `unavailable` when the ledger fails */
  async #guard(keys: readonly string[], work: () => Promise<readonly string[]>): Promise<readonly string[]> {
    if (!this.#ledgerIsDown) {
      try {
        return await work();
      } catch (error) {
        this.#ledgerIsDown = true;
        this.#onTrouble(error);
      }
    }
    for (const key of keys) {
      this.#outcomes.set(key, 'unavailable');
    }
    return [];
  }

  async #insert(keys: readonly string[]): Promise<readonly string[]> {
    const { owner, leaseUntilMs, expiresAtSeconds, signal } = this.#options;
    const value = `{'pk': ?, 'state': ?, 'owner': ?, 'leaseUntilMs': ?, 'expiresAt': ?}`;
    const Statement = `INSERT INTO "${this.#table.name}" VALUE ${value}`;
    const rest = [{ S: 'claiming' }, { S: owner }, { N: `${leaseUntilMs}` }, { N: `${expiresAtSeconds}` }];
    const statements = keys.map((key) => ({ Statement, Parameters: [{ S: key }, ...rest] }));
    const errors = await runStatements(this.#table, statements, signal);
    return keys.filter((key, index) => {
      const error = errors[index];
      if (error?.name === 'DuplicateItem') {
        return true;
      }
      this.#outcomes.set(key, error === undefined ? 'claimed' : 'unavailable');
      if (error !== undefined) {
        this.#onTrouble(error);
      }
      return false;
    });
  }

  /** Reads the claims that refused ours. @returns the keys that are free nevertheless */
  async #judge(keys: readonly string[]): Promise<readonly string[]> {
    const found = await this.#table.read(keys, this.#options.signal);
    return keys.filter((key) => {
      const item = found.get(key);
      const verdict = item === undefined ? 'free' : this.#verdict(item);
      if (verdict === 'free') {
        return true;
      }
      this.#outcomes.set(key, claimOutcome(verdict));
      return false;
    });
  }

  async #put(key: string): Promise<ClaimOutcome> {
    const { owner, nowMs, leaseUntilMs, expiresAtSeconds, signal } = this.#options;
    const put = {
      item: {
        pk: { S: key },
        state: { S: 'claiming' },
        owner: { S: owner },
        leaseUntilMs: { N: `${leaseUntilMs}` },
        expiresAt: { N: `${expiresAtSeconds}` },
      },
      condition: `${isNew} OR ${leaseHasEnded} OR ${isExpired}`,
      values: {
        ':claiming': { S: 'claiming' },
        ':now': { N: `${nowMs}` },
        ':nowSeconds': { N: `${Math.floor(nowMs / 1000)}` },
      },
    };
    const { kind, item } = await this.#table.put(put, signal);
    return kind === 'written' ? 'claimed' : claimOutcome(this.#verdict(item));
  }

  #verdict(item: LedgerItem): ClaimVerdict {
    return judgeClaim(claimItem(item), this.#options.owner, this.#options.nowMs);
  }
}

function claimItem(item: LedgerItem): ClaimItem {
  return {
    state: item.state?.S === 'queued' ? 'queued' : 'claiming',
    owner: item.owner?.S ?? '',
    leaseUntilMs: Number(item.leaseUntilMs?.N ?? 0),
    expiresAtSeconds: Number(item.expiresAt?.N ?? 0),
  };
}
