import type { BilledUnits } from './messages.ts';

const queueRequestBytes = 65_536;
const noUnits: BilledUnits = { writeUnits: 0, queueRequests: 0 };

/**
 * What AWS bills for a call on fresh events: a write unit for each item written (claims are far below 1 KB; a failed
 * condition costs as much), a request for each 64 KiB sent to SQS.
 * Source: "Amazon DynamoDB pricing", on-demand; "Amazon SQS pricing".
 *
 * @throws Error for a call whose price is not known here
 */
export function billedUnits(operation: string, body: Uint8Array): BilledUnits {
  switch (operation) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return { ...noUnits, writeUnits: 1 };
    case 'BatchExecuteStatement':
      return { ...noUnits, writeUnits: writesOf(body) };
    case 'SendMessage':
    case 'SendMessageBatch':
      return { ...noUnits, queueRequests: Math.max(1, Math.ceil(body.length / queueRequestBytes)) };
    case 'GetSecretValue':
      // Once in 5 minutes, for any number of events.
      return noUnits;
    default:
      throw new Error(`${operation} has no price in the bench: add it to billedUnits`);
  }
}

function writesOf(body: Uint8Array): number {
  const { Statements } = JSON.parse(Buffer.from(body).toString('utf8')) as {
    readonly Statements: readonly { readonly Statement: string }[];
  };
  const reads = Statements.filter(({ Statement }) => !/^(?:INSERT|UPDATE|DELETE) /.test(Statement));
  if (reads.length > 0) {
    throw new Error('BatchExecuteStatement with reads has no price in the bench: add it to billedUnits');
  }
  return Statements.length;
}
