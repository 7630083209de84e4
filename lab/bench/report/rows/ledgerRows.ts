import type { Effort } from '../../measure/eventCost.ts';
import type { LedgerCosts } from '../../measure/ledgerCosts.ts';
import type { Figures } from '../row.ts';

const kinds: Readonly<Record<keyof LedgerCosts, string>> = {
  single: 'single',
  batch: 'batch',
  duplicate: 'known events',
};

/** The cost of an event with 1,000,000 claims in the ledger (first) and with 1,000 (second). */
export function ledgerRows(costs: LedgerCosts): readonly Figures[] {
  return (Object.keys(kinds) as (keyof LedgerCosts)[]).flatMap((kind) => {
    const figures = (name: string, part: keyof Effort, digits: number): Figures => ({
      name,
      receiver: costs[kind].many[part],
      other: costs[kind].few[part],
      digits,
    });
    return [
      figures(`1 M claims against 1,000, ${kinds[kind]}: CPU, ms`, 'cpuMs', 2),
      figures('  … answered after, ms', 'wallMs', 2),
      figures('  … AWS calls', 'calls', 3),
    ];
  });
}
