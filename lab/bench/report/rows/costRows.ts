import { dollarsPerMillion } from '../../cost/dollars.ts';
import type { LoadName } from '../../measure/eventCosts.ts';
import type { Measurements } from '../../measure/measurements.ts';
import { below } from '../limit.ts';
import type { Figures } from '../row.ts';

/** The names of the loads where their costs are shown. */
export const scenarios: Readonly<Record<LoadName, string>> = {
  single: 'all matched, single',
  batch: 'all matched, batches of 1,000',
  rare: '1 % matched, single',
  rareBatch: '1 % matched, batches of 1,000',
  ignored: 'none matched, single',
  ignoredBatch: 'none matched, batches of 1,000',
};

/** What a million events cost in each scenario. */
export function costRows({ receiver, baseline }: Measurements['events']): readonly Figures[] {
  return (Object.keys(scenarios) as LoadName[]).map((load) => ({
    name: `cost per million, ${scenarios[load]}: $`,
    receiver: dollarsPerMillion(receiver[load]).total,
    other: dollarsPerMillion(baseline[load]).total,
    digits: 3,
    ...(load === 'single' || load === 'batch' ? { limit: below(5) } : {}),
  }));
}
