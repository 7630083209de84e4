import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type SendMessageBatchCommandOutput,
  type SendMessageBatchRequest,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { localCredentials } from '../../local/account/account.ts';
import type { World } from './world.ts';

/** A further client of the world's SQS, for trouble that other tests must not have. */
export async function newQueueClient({ clients }: World): Promise<SQSClient> {
  const { endpoint, region } = clients.sqs.config;
  const { protocol = 'http:', hostname = '', port } = (await endpoint?.()) ?? {};
  return new SQSClient({
    region,
    credentials: localCredentials,
    endpoint: `${protocol}//${hostname}:${port}`,
  });
}

/** A command that a client has sent. */
export interface SentCommand {
  readonly name: string;
  readonly input: unknown;
}

/** The commands that a client has sent so far. */
export function recordCommands(client: SQSClient | DynamoDBClient): readonly SentCommand[] {
  const sent: SentCommand[] = [];
  const { middlewareStack } = client as SQSClient;
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        sent.push({ name: commandName, input: args.input });
        return await next(args);
      },
    { step: 'initialize', name: 'recordCommands' },
  );
  return sent;
}

/** Delays each command of a client before it is sent; a command that was aborted meanwhile is not sent. */
export function delayCommands(client: SQSClient | DynamoDBClient, ms: number): void {
  const { middlewareStack } = client as SQSClient;
  middlewareStack.add(
    (next) => async (args) => {
      await sleep(ms);
      return await next(args);
    },
    { step: 'initialize', name: 'delayCommands' },
  );
}

/** How SQS does not take a message of a batch. */
export type Refusal = 'refused' | 'unmentioned' | undefined;

/**
 * Takes only the other messages of a batch, as SQS does when it has trouble with some of them. Its emulator takes all or
 * none.
 *
 * @param refusalOf `refused`: with the code InternalError; `unmentioned`: the answer says nothing of it
 */
export function refuseSomeOfBatch(client: SQSClient, refusalOf: (body: string) => Refusal): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'SendMessageBatchCommand') {
          return await next(args);
        }
        const input = args.input as SendMessageBatchRequest;
        const entries = (input.Entries ?? []).map((entry) => ({
          entry,
          refusal: refusalOf(entry.MessageBody ?? ''),
        }));
        const taken = entries.flatMap(({ entry, refusal }) => (refusal === undefined ? [entry] : []));
        const refused = entries.flatMap(({ entry, refusal }) => (refusal === 'refused' ? [entry.Id] : []));
        const failed = refused.map((Id) => ({ Id, Code: 'InternalError', SenderFault: false }));
        if (taken.length === 0) {
          return { response: {}, output: { $metadata: {}, Failed: failed } as never };
        }
        const result = await next({ ...args, input: { ...input, Entries: taken } as never });
        const output = { ...(result.output as object), Failed: failed } as SendMessageBatchCommandOutput;
        return { ...result, output: output as never };
      },
    { step: 'initialize', name: 'refuseSomeOfBatch' },
  );
}
