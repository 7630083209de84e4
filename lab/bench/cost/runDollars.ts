import { listPrices } from '../../../infra/monitoring/listPrices.ts';
import type { Bill } from '../parking/bill.ts';

/**
 * What a million times a bill costs, in dollars at list prices of us-east-1. Without Lambda's time.
 *
 * @param bill of one run
 */
export function dollarsPerMillionRuns({ writeUnits, readUnits, queueRequests }: Bill): number {
  const { perWriteUnit, perReadUnit, perQueueRequest } = listPrices;
  return 1e6 * (writeUnits * perWriteUnit + readUnits * perReadUnit + queueRequests * perQueueRequest);
}
