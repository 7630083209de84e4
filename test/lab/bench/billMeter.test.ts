import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BillMeter, startBillMeter } from '../../../lab/bench/parking/billMeter.ts';
import { closeServer, listen } from '../../../simulators/http/listen.ts';
import { readBody } from '../../../simulators/http/readBody.ts';

const asked: string[] = [];
/** Answers as DynamoDB does when it is asked for units; the condition of the item `refused` fails. */
const target = createServer(async (incoming, response) => {
  const body = (await readBody(incoming)).toString('utf8');
  asked.push(body);
  const isRefused = body.includes('refused');
  const answer = isRefused
    ? { __type: 'ConditionalCheckFailed' }
    : { ConsumedCapacity: { CapacityUnits: 3 } };
  response.writeHead(isRefused ? 400 : 200).end(JSON.stringify(answer));
});
let meter: BillMeter;

beforeAll(async () => {
  meter = await startBillMeter(`http://127.0.0.1:${await listen(target, 0)}`);
});
afterAll(async () => {
  await meter.stop();
  await closeServer(target);
});

async function call(accessKeyId: string, operation: string, input: object): Promise<number> {
  const service = operation.split('.')[0] === 'AmazonSQS' ? 'sqs' : 'dynamodb';
  const { status } = await fetch(meter.endpoint, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261129/us-east-1/${service}/aws4_request, Signature=0`,
      'x-amz-target': operation,
    },
    body: JSON.stringify(input),
  });
  return status;
}

describe('the bill of a function', () => {
  it('the bill of a function has the units that its own calls consume', async () => {
    await call('WRITER', 'DynamoDB_20120810.PutItem', { TableName: 'ledger' });
    await call('READER', 'DynamoDB_20120810.Query', { TableName: 'ledger' });
    expect(meter.total('WRITER')).toEqual({ writeUnits: 3, readUnits: 0, queueRequests: 0 });
    expect(meter.total('READER')).toEqual({ writeUnits: 0, readUnits: 3, queueRequests: 0 });
    expect(JSON.parse(asked[0] ?? '')).toEqual({ TableName: 'ledger', ReturnConsumedCapacity: 'TOTAL' });
  });

  it('the bill of a function has a unit for a write whose condition fails, which fails for the function too', async () => {
    expect(await call('LATE', 'DynamoDB_20120810.UpdateItem', { TableName: 'refused' })).toBe(400);
    expect(meter.total('LATE').writeUnits).toBe(1);
  });

  it('the bill of a function has a request for each 64 KiB that it sends', async () => {
    await call('SENDER', 'AmazonSQS.SendMessage', { MessageBody: 'x'.repeat(100_000) });
    expect(meter.total('SENDER')).toEqual({ writeUnits: 0, readUnits: 0, queueRequests: 2 });
  });

  it('the bill of a function without calls is 0', () => {
    expect(meter.total('IDLE')).toEqual({ writeUnits: 0, readUnits: 0, queueRequests: 0 });
  });
});
