import type { LedgerItem, LedgerTable } from './ledgerTable.ts';
import { number } from './updateExpression.ts';

/** Stands for all triggers together. */
export const allTriggers = '*';

/** Key of the item with what operators have set. */
export const operatorSettingsKey = 'operator#settings';

/** What operators have set while the system runs; it goes before the triggers file and the stack's settings. */
export interface OperatorSettings {
  /** Since when a trigger, or `*`, is paused, in epoch milliseconds. */
  readonly pausedSinceMs: ReadonlyMap<string, number>;
  /** Credits of the budget of a trigger, or of `*`, in place of the configured ones. */
  readonly budgetCredits: ReadonlyMap<string, number>;
}

const pausedPrefix = 'paused#';
const budgetPrefix = 'budget#';

/**
 * Reads the item `operator#settings`; without it nothing is set. A pause with a non-numeric value counts from the
 * beginning; such a budget is ignored.
 */
export function readOperatorSettings(item: LedgerItem = {}): OperatorSettings {
  const paused = settings(item, pausedPrefix).map(([trigger, sinceMs = 0]) => [trigger, sinceMs] as const);
  const budgets = settings(item, budgetPrefix).flatMap(([trigger, credits]) =>
    credits === undefined ? [] : [[trigger, credits] as const],
  );
  return { pausedSinceMs: new Map(paused), budgetCredits: new Map(budgets) };
}

/** `undefined` for a non-numeric value, which was written by hand. */
function settings(item: LedgerItem, prefix: string): readonly (readonly [string, number | undefined])[] {
  return Object.entries(item)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, { N }]) => [name.slice(prefix.length), N === undefined ? undefined : Number(N)]);
}

/** Reads and changes what operators set. */
export class OperatorDesk {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  async read(): Promise<OperatorSettings> {
    return readOperatorSettings(await this.#table.readOne(operatorSettingsKey));
  }

  /** @param trigger its name, or `*` */
  async pause(trigger: string, nowMs: number): Promise<void> {
    await this.#write(`${pausedPrefix}${trigger}`, nowMs);
  }

  /** @param trigger its name, or `*`, which does not resume triggers that were paused by name */
  async resume(trigger: string): Promise<void> {
    await this.#write(`${pausedPrefix}${trigger}`, undefined);
  }

  /**
   * @param trigger its name, or `*`
   * @param credits `undefined`: as configured
   */
  async setBudget(trigger: string, credits: number | undefined): Promise<void> {
    await this.#write(`${budgetPrefix}${trigger}`, credits);
  }

  async #write(name: string, value: number | undefined): Promise<void> {
    await this.#table.update({
      pk: operatorSettingsKey,
      change: value === undefined ? 'REMOVE #name' : 'SET #name = :value',
      names: { '#name': name },
      ...(value === undefined ? {} : { values: { ':value': number(value) } }),
    });
  }
}
