import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import * as z from 'zod';
import { answerWith, type Trouble } from './trouble.ts';

/** What the ledger has for every event: nothing, or the claim of another request. */
export type ClaimFound = 'none' | 'queued' | 'held' | 'dead';

/** How the services behave from now on. */
export interface Behaviour {
  readonly secret: Trouble;
  readonly ledger: Trouble;
  readonly claim: ClaimFound;
  readonly queue: Trouble | 'takes some';
}

/** DynamoDB, SQS and Secrets Manager as far as the receiver calls them; they answer well or badly. */
export interface OddAws {
  readonly endpoint: string;
  /** Operations that were called since the last change of behaviour. */
  readonly calls: readonly string[];
  /** Bodies of the messages that were taken since then. */
  readonly messages: readonly string[];
  behave(behaviour: Behaviour, secretString: string): void;
  stop(): Promise<void>;
}

const anItem = { pk: { S: 'x' }, owner: { S: 'somebody' }, expiresAt: { N: '99999999999' } };
const claims: Readonly<Record<Exclude<ClaimFound, 'none'>, object>> = {
  queued: { ...anItem, state: { S: 'queued' }, leaseUntilMs: { N: '0' } },
  held: { ...anItem, state: { S: 'claiming' }, leaseUntilMs: { N: '9999999999999' } },
  dead: { ...anItem, state: { S: 'claiming' }, leaseUntilMs: { N: '1' } },
};

const callSchema = z.object({
  MessageBody: z.string().optional(),
  Entries: z.array(z.object({ Id: z.string(), MessageBody: z.string() })).optional(),
  Statements: z
    .array(z.object({ Statement: z.string(), Parameters: z.array(z.object({ S: z.string().optional() })) }))
    .optional(),
  RequestItems: z
    .record(z.string(), z.object({ Keys: z.array(z.object({ pk: z.object({ S: z.string() }) })) }))
    .optional(),
});

type Call = z.infer<typeof callSchema>;

/** Starts the server. */
export async function startOddAws(): Promise<OddAws> {
  let behaviour: Behaviour = { secret: 'well', ledger: 'well', claim: 'none', queue: 'well' };
  let secretString = '';
  let calls: string[] = [];
  let messages: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    calls.push(operation);
    const call = callSchema.parse(await json(request));
    if (operation === 'GetSecretValue') {
      answerWith(behaviour.secret, response, { SecretString: secretString, ARN: 'arn:x', Name: 'x' });
    } else if (operation.startsWith('SendMessage')) {
      sendMessages(call, behaviour.queue, messages, response);
    } else {
      answerOfLedger(operation, call, behaviour, response);
    }
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get calls() {
      return calls;
    },
    get messages() {
      return messages;
    },
    behave: (next, secret) => {
      behaviour = next;
      secretString = secret;
      calls = [];
      messages = [];
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function sendMessages(
  { MessageBody, Entries = [] }: Call,
  queue: Behaviour['queue'],
  messages: string[],
  response: ServerResponse,
): void {
  const taken = queue === 'takes some' ? Entries.slice(0, 1) : Entries;
  if (queue === 'well' || queue === 'takes some') {
    messages.push(
      ...taken.map((entry) => entry.MessageBody),
      ...(MessageBody === undefined ? [] : [MessageBody]),
    );
  }
  const Successful = taken.map(({ Id }) => ({ Id, MessageId: 'm', MD5OfMessageBody: 'x' }));
  const Failed = Entries.slice(taken.length).map(({ Id }) => ({
    Id,
    Code: 'InternalError',
    SenderFault: false,
  }));
  const content =
    MessageBody === undefined ? { Successful, Failed } : { MessageId: 'm', MD5OfMessageBody: 'x' };
  answerWith(queue === 'takes some' ? 'well' : queue, response, content);
}

function answerOfLedger(
  operation: string,
  { Statements = [], RequestItems = {} }: Call,
  { ledger, claim }: Behaviour,
  response: ServerResponse,
): void {
  if (operation === 'PutItem' && claim !== 'none' && claim !== 'dead' && ledger === 'well') {
    const type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: type, message: 'refused', Item: claims[claim] }));
    return;
  }
  const isRefused = ({ Statement }: { readonly Statement: string }): boolean =>
    claim !== 'none' && Statement.startsWith('INSERT');
  const Responses = Statements.map((statement) =>
    isRefused(statement) ? { Error: { Code: 'DuplicateItem', Message: 'x' } } : { TableName: 'ledger' },
  );
  const found = Object.entries(RequestItems).map(([table, { Keys }]) => [
    table,
    claim === 'none' ? [] : Keys.map((key) => ({ ...claims[claim], ...key })),
  ]);
  const content = operation === 'BatchGetItem' ? { Responses: Object.fromEntries(found) } : { Responses };
  answerWith(ledger, response, operation.startsWith('Batch') ? content : {});
}
