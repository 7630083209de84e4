import { type LedgerTable, number, text } from './ledgerTable.ts';

const isNew = 'attribute_not_exists(pk)';
const isOver = 'untilMs <= :now';
const isMine = 'runId = :run';

/** Whether a run may go on, or another one of its trigger has run for its key lately. */
export type CooldownClaim =
  | { readonly kind: 'mine' }
  | { readonly kind: 'cooling'; readonly untilMs: number; readonly runId: string };

/** The cooldowns of the ledger: the last run of a trigger for a key, and until when no other one may follow. */
export class Cooldowns {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /** Begins the cooldown with this run, or prolongs it if this run has begun it. */
  async claim(key: string, runId: string, nowMs: number, forMs: number): Promise<CooldownClaim> {
    const untilMs = nowMs + forMs;
    const { kind, item } = await this.#table.update({
      pk: key,
      change: 'SET runId = :run, untilMs = :until, expiresAt = :expires',
      condition: `${isNew} OR ${isOver} OR ${isMine}`,
      values: {
        ':run': text(runId),
        ':until': number(untilMs),
        ':expires': number(Math.ceil(untilMs / 1000)),
        ':now': number(nowMs),
      },
    });
    return kind === 'written'
      ? { kind: 'mine' }
      : { kind: 'cooling', untilMs: Number(item.untilMs?.N ?? 0), runId: item.runId?.S ?? '' };
  }

  /** Ends the cooldown of a run that did not do its work. */
  async release(key: string, runId: string): Promise<void> {
    await this.#table.delete({ pk: key, condition: isMine, values: { ':run': text(runId) } });
  }
}
