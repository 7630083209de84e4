import { listPrices } from '../../../infra/monitoring/listPrices.ts';
import { memoryMb } from '../aws/handlerEnvironment.ts';
import type { EventCost } from '../measure/eventCost.ts';

/** What a million events cost, in dollars at list prices of us-east-1. */
export interface Dollars {
  /** DynamoDB: the units written. */
  readonly ledger: number;
  /** SQS: what is sent, and what the runner adds: each message is received and deleted by itself. */
  readonly queue: number;
  /** Requests, and time at the receiver's memory. */
  readonly lambda: number;
  /** CloudWatch: the bytes of the function's own log lines. */
  readonly logs: number;
  readonly total: number;
}

/** Of the runner's for each message, at least. */
const requestsPerMessage = 2;

/**
 * What a million events of a load cost from the receiver's first call to the queue being empty again. Without the runs'
 * own time, their records and Mavera.
 *
 * Lambda's time is that measured here: the receiver has 1,769 MB, at which Lambda gives one whole CPU, as here; DynamoDB
 * and SQS answer as fast as the emulators.
 * Source: "AWS Lambda pricing"; "Configure Lambda function memory".
 */
export function dollarsPerMillion(cost: EventCost): Dollars {
  const { billed, messages, requests, billedMs, logBytes } = cost;
  const { perWriteUnit, perQueueRequest, perLambdaRequest, perLambdaGbSecond, perLogByte } = listPrices;
  const perMillion = (dollars: number): number => 1e6 * dollars;
  const gbSeconds = (memoryMb / 1024) * (billedMs / 1000);
  const parts = {
    ledger: perMillion(billed.writeUnits * perWriteUnit),
    queue: perMillion((billed.queueRequests + requestsPerMessage * messages) * perQueueRequest),
    lambda: perMillion(requests * perLambdaRequest + gbSeconds * perLambdaGbSecond),
    logs: perMillion(logBytes * perLogByte),
  };
  return { ...parts, total: parts.ledger + parts.queue + parts.lambda + parts.logs };
}
