import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type LedgerTable, number, text } from './ledgerTable.ts';

/** An item of DynamoDB takes 400 KB, with its key and all other attributes. */
const maxValueBytes = 350_000;
/** A clock may be behind: a value is kept a little longer than it is used. */
const marginSeconds = 300;

/** A value that a system gave; `undefined`: it knows no such thing. */
export interface LookedUpValue {
  readonly value: unknown;
  /** When the system was asked, in epoch milliseconds. */
  readonly atMs: number;
}

/** For how long a value is kept, and whose it is. */
export interface KeepOptions {
  readonly freshForMs: number;
  /** From {@link lookupUser}; absent when it is about no user. */
  readonly user?: string | undefined;
}

/**
 * The values that runs have looked up, for other runs that ask the same, and for the same run at its slot. They may be
 * personal data: they are deflated, expire when they are no longer fresh, and are found by their user.
 *
 * All methods throw what the AWS SDK throws when the ledger does not answer.
 */
export class LookedUp {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /** Reads values, fresh or not. Those that are not kept are absent. */
  async read(keys: readonly string[]): Promise<ReadonlyMap<string, LookedUpValue>> {
    const items = await this.#table.read([...new Set(keys)]);
    return new Map(
      [...items].flatMap(([key, { value, atMs }]) =>
        value?.B === undefined ? [] : [[key, { value: inflated(value.B), atMs: Number(atMs?.N ?? 0) }]],
      ),
    );
  }

  /** Keeps a value, unless it is too large for an item: then each run asks again. */
  async keep(key: string, { value, atMs }: LookedUpValue, { freshForMs, user }: KeepOptions): Promise<void> {
    const deflated = deflateRawSync(JSON.stringify({ value }));
    if (deflated.byteLength > maxValueBytes) {
      return;
    }
    await this.#table.put({
      item: {
        pk: text(key),
        value: { B: deflated },
        atMs: number(atMs),
        ...(user === undefined ? {} : { ofUser: text(user) }),
        expiresAt: number(Math.ceil((atMs + freshForMs) / 1000) + marginSeconds),
      },
    });
  }
}

function inflated(value: Uint8Array): unknown {
  return (JSON.parse(inflateRawSync(value).toString()) as { readonly value?: unknown }).value;
}
