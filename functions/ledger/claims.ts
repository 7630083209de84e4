import type { BatchStatementRequest } from '@aws-sdk/client-dynamodb';
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
const callsAtOnce = 12;

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
const isMine = '#owner = :me';

/**
 * The claims of the ledger: who is queueing an event, and which events are queued already.
 * Many claims cost one call per 25 (PartiQL, each statement succeeds or fails by itself). One claim costs one conditional
 * put; if it is refused, the answer has the other claim.
 */
export class Claims {
  readonly #table: LedgerTable;
  readonly #onTrouble: (error: unknown) => void;

  /** @param onTrouble told of each failure of the ledger that was turned into an outcome */
  constructor(table: LedgerTable, onTrouble: (error: unknown) => void) {
    this.#table = table;
    this.#onTrouble = onTrouble;
  }

  /** Claims each key, all different. Never rejects: what cannot be known is `unavailable`. */
  async claim(keys: readonly string[], options: ClaimOptions): Promise<ReadonlyMap<string, ClaimOutcome>> {
    const attempt = new ClaimAttempt(this.#table, options, this.#onTrouble);
    const [key] = keys;
    return keys.length === 1 && key !== undefined
      ? await attempt.claimOne(key)
      : await attempt.claimMany(keys);
  }

  /**
   * Notes that all runs of these events are in the queue, where this owner still has the claim.
   * Never rejects: an unmarked claim ends with its lease, and the runner recognizes the runs.
   */
  async markQueued(keys: readonly string[], { owner, signal }: ClaimOptions): Promise<void> {
    const [pk] = keys;
    if (keys.length === 1 && pk !== undefined) {
      const change = { change: 'SET #state = :queued', condition: isMine };
      const values = { ':queued': { S: 'queued' }, ':me': { S: owner } };
      await this.#tell(() => this.#table.update({ pk, ...change, values }, { signal }));
      return;
    }
    const statement = `UPDATE "${this.#table.name}" SET "state"=? WHERE "pk"=? AND "owner"=?`;
    await this.#runStatements(keys, signal, (key) => ({
      Statement: statement,
      Parameters: [{ S: 'queued' }, { S: key }, { S: owner }],
    }));
  }

  /** Deletes the owner's claims, so that a retry does not have to wait for the lease. Never rejects. */
  async release(keys: readonly string[], { owner, signal }: ClaimOptions): Promise<void> {
    const [pk] = keys;
    if (keys.length === 1 && pk !== undefined) {
      const values = { ':me': { S: owner } };
      await this.#tell(() => this.#table.delete({ pk, condition: isMine, values }, signal));
      return;
    }
    const statement = `DELETE FROM "${this.#table.name}" WHERE "pk"=? AND "owner"=?`;
    await this.#runStatements(keys, signal, (key) => ({
      Statement: statement,
      Parameters: [{ S: key }, { S: owner }],
    }));
  }

  async #runStatements(
    keys: readonly string[],
    signal: AbortSignal,
    statementFor: (key: string) => BatchStatementRequest,
  ): Promise<void> {
    await mapConcurrently(chunk(keys, statementsPerCall), callsAtOnce, (some) =>
      this.#tell(async () => {
        const errors = await runStatements(this.#table, some.map(statementFor), signal);
        // A failed condition is not trouble: another request took the claim over after the lease.
        for (const error of errors.filter(
          (one) => one !== undefined && one.name !== 'ConditionalCheckFailed',
        )) {
          this.#onTrouble(error);
        }
      }),
    );
  }

  async #tell(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#onTrouble(error);
    }
  }
}

/** One request's attempt at claims. After the first failure of the ledger it asks no further. */
class ClaimAttempt {
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
