import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type LedgerTable, number, text } from './ledgerTable.ts';

/** How long a run may take between two deliveries before another one makes the thread or persona in its place. */
const leaseMs = 3_600_000;
/** How long an id is kept after it was last used. */
const keptForSeconds = 400 * 86_400;

const hasNoId = 'attribute_not_exists(#id)';
const isThisId = '#id = :id';
const isOlder = '(attribute_not_exists(asOfMs) OR asOfMs < :asOf)';
const isNew = 'attribute_not_exists(pk)';
const isMine = 'runId = :run';
const leaseHasEnded = 'leaseUntilMs <= :now';

/**
 * What a trigger keeps for a key. `known`: its id; `mine`: there is none yet, and this run has to make it; `pending`:
 * another run is making it.
 */
export type KeptId =
  | {
      readonly kind: 'known';
      readonly id: string;
      /** Event time of the newest update that was kept; absent when none had a time, or an earlier release kept it. */
      readonly asOfMs?: number | undefined;
    }
  | { readonly kind: 'mine' }
  | { readonly kind: 'pending' };

/** The threads and personas at Mavera that triggers keep for their keys: one run makes each, all others use it. */
export class KeptIds {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /** Asks for the id of a key. The first run that asks has to make it. */
  async take(key: string, runId: string, nowMs: number): Promise<KeptId> {
    const { kind, item } = await this.#table.update({
      pk: key,
      change: 'SET runId = :run, leaseUntilMs = :lease, expiresAt = :expires',
      condition: `${hasNoId} AND (${isNew} OR ${isMine} OR ${leaseHasEnded})`,
      values: {
        ':run': text(runId),
        ':lease': number(nowMs + leaseMs),
        ':expires': number(expirySeconds(nowMs)),
        ':now': number(nowMs),
      },
    });
    if (kind === 'written') {
      return { kind: 'mine' };
    }
    const id = item.id?.S;
    return id === undefined ? { kind: 'pending' } : { kind: 'known', id, asOfMs: readNumber(item.asOfMs) };
  }

  /**
   * Keeps the id of what was made, or notes that it was used. The id that was kept first stays.
   *
   * @param asOfMs event time of what it was made or updated with. The time that is kept only grows, because two runs of
   * one key may end in any order
   */
  async keep(key: string, id: string, nowMs: number, asOfMs?: number): Promise<void> {
    const change = 'SET #id = if_not_exists(#id, :id), expiresAt = :expires';
    const values = { ':id': text(id), ':expires': number(expirySeconds(nowMs)) };
    if (asOfMs !== undefined) {
      const { kind } = await this.#table.update({
        pk: key,
        change: `${change}, asOfMs = :asOf`,
        condition: `(${hasNoId} OR ${isThisId}) AND ${isOlder}`,
        values: { ...values, ':asOf': number(asOfMs) },
      });
      if (kind === 'written') {
        return;
      }
    }
    await this.#table.update({ pk: key, change, values });
  }

  /** Forgets an id that does not exist at Mavera any more. */
  async forget(key: string, id: string): Promise<void> {
    await this.#table.delete({ pk: key, condition: isThisId, values: { ':id': text(id) } });
  }

  /** Lets others make what this run had to make. */
  async release(key: string, runId: string): Promise<void> {
    const condition = `${hasNoId} AND ${isMine}`;
    await this.#table.delete({ pk: key, condition, values: { ':run': text(runId) } });
  }
}

function readNumber(attribute: AttributeValue | undefined): number | undefined {
  return attribute?.N === undefined ? undefined : Number(attribute.N);
}

function expirySeconds(nowMs: number): number {
  return Math.ceil(nowMs / 1000) + keptForSeconds;
}
