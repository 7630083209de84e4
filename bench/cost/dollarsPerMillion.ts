import { listPrices } from '../../infra/monitoring/listPrices.ts';
import type { BilledUnits } from '../process/messages.ts';

/** What the runner adds to each message at least: it is received and deleted by itself. */
const runnerRequests = 2;

/**
 * What a million matched events cost from the receiver's first call to the queue being empty again: claims, sends, and
 * the receive and the delete of each message. Without Lambda's own price (time is in the other figures), the runs'
 * records and Mavera. At list prices of us-east-1.
 *
 * @param billed what the receiver's calls for one event were billed
 */
export function dollarsPerMillion({ writeUnits, queueRequests }: BilledUnits): number {
  const { perWriteUnit, perQueueRequest } = listPrices;
  return 1e6 * (writeUnits * perWriteUnit + (queueRequests + runnerRequests) * perQueueRequest);
}
