import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { requestCredential } from '../../../local/iam/awsRequest.ts';
import { closeServer, listen } from '../../../simulators/http/listen.ts';
import { readBody } from '../../../simulators/http/readBody.ts';
import { billedUnits } from '../process/billedUnits.ts';
import { addBills, type Bill, type ConsumedCapacity, consumedUnits, noBill } from './bill.ts';

/** Between the functions and AWS: it adds up what their calls are billed as. */
export interface BillMeter {
  readonly endpoint: string;
  /** All calls of one function since the start, by its access key. */
  total(accessKeyId: string): Bill;
  stop(): Promise<void>;
}

/**
 * Starts one. The emulator of DynamoDB says what each call consumes, as DynamoDB does when it is asked. The functions do not
 * ask, so the meter does.
 *
 * @param target where calls go on to
 */
export async function startBillMeter(target: string): Promise<BillMeter> {
  const bills = new Map<string, Bill>();
  const total = (accessKeyId: string): Bill => bills.get(accessKeyId) ?? noBill;
  const server = createServer((incoming, response) => {
    const { accessKeyId = '' } = requestCredential(incoming.headers.authorization) ?? {};
    forward(incoming, response, target, (bill) => {
      bills.set(accessKeyId, addBills(total(accessKeyId), bill));
    }).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  const port = await listen(server, 0);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    total,
    stop: () => closeServer(server),
  };
}

async function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  target: string,
  add: (bill: Bill) => void,
): Promise<void> {
  const [service = '', operation = ''] = String(incoming.headers['x-amz-target'] ?? '').split('.');
  const isLedger = service.startsWith('DynamoDB');
  const body = await readBody(incoming);
  const asked = isLedger ? askForUnits(body) : new Uint8Array(body);
  const answer = await fetch(`${target}${incoming.url ?? '/'}`, {
    method: incoming.method ?? 'POST',
    headers: forwardedHeaders(incoming),
    body: asked,
  });
  const answered = Buffer.from(await answer.arrayBuffer());
  if (isLedger) {
    const units = consumedUnits(operation, answer.ok ? readConsumed(answered) : undefined);
    add({ ...noBill, ...units });
  } else if (operation.startsWith('SendMessage')) {
    const { queueRequests } = billedUnits(operation, body);
    add({ ...noBill, queueRequests });
  }
  response.writeHead(answer.status, answerHeaders(answer, answered)).end(answered);
}

/** `fetch` sets those that are about the connection. */
function forwardedHeaders({ headers }: IncomingMessage): Record<string, string> {
  const ofConnection = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'expect']);
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || ofConnection.has(name) ? [] : [[name, String(value)]],
    ),
  );
}

function answerHeaders(answer: Response, body: Buffer): Record<string, string> {
  const type = answer.headers.get('content-type') ?? 'application/x-amz-json-1.0';
  return { 'content-type': type, 'content-length': String(body.length) };
}

function askForUnits(body: Buffer): string {
  return JSON.stringify({ ...JSON.parse(body.toString('utf8')), ReturnConsumedCapacity: 'TOTAL' });
}

function readConsumed(body: Buffer): readonly ConsumedCapacity[] {
  const { ConsumedCapacity: consumed } = JSON.parse(body.toString('utf8')) as {
    readonly ConsumedCapacity?: ConsumedCapacity | readonly ConsumedCapacity[];
  };
  return consumed === undefined ? [] : [consumed].flat();
}
