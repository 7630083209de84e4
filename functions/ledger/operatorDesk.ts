import { type LedgerTable, number } from './ledgerTable.ts';
import {
  budgetPrefix,
  type OperatorSettings,
  operatorSettingsKey,
  pausedPrefix,
  readOperatorSettings,
} from './sharedState.ts';

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
