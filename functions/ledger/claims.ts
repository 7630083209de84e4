import type { BatchStatementRequest } from '@aws-sdk/client-dynamodb';
import { chunk, mapConcurrently } from '../aws/mapConcurrently.ts';
import { ClaimAttempt, type ClaimOptions, callsAtOnce } from './claimAttempt.ts';
import type { ClaimOutcome } from './claimState.ts';
import type { LedgerTable } from './ledgerTable.ts';
import { runStatements, statementsPerCall } from './statements.ts';

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
