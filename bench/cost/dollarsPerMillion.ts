import type { BilledUnits } from '../process/messages.ts';

/** List prices of us-east-1, in dollars per million. */
const prices = {
  /** DynamoDB on demand, of 1 KB. */
  writeUnit: 0.625,
  /** SQS standard queue. */
  queueRequest: 0.4,
} as const;

/** What the runner adds to each message at least: it is received and deleted by itself. */
const runnerRequests = 2;

/**
 * What a million matched events cost from the receiver's first call to the queue being empty again: claims, sends, and
 * the receive and the delete of each message. Without Lambda's own price (time is in the other figures), the runs'
 * records and Mavera.
 *
 * @param billed what the receiver's calls for one event were billed
 */
export function dollarsPerMillion({ writeUnits, queueRequests }: BilledUnits): number {
  return writeUnits * prices.writeUnit + (queueRequests + runnerRequests) * prices.queueRequest;
}
