import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { ResultsQueue } from '../../../local/scenario/resultsQueue.ts';
import type { LocalSystem } from '../../../local/system.ts';
import { judgeLedger, type MaybeBilled } from './judgeLedger.ts';
import { scanLedger } from './scanLedger.ts';

const resultMessage = z.object({ runId: z.string() });

/**
 * What is wrong with the ledger, the dead-letter queue and the results topic after all runs have ended.
 *
 * @param maybeBilled @default none
 */
export async function ledgerProblems(
  system: LocalSystem,
  results: ResultsQueue,
  maybeBilled?: MaybeBilled,
): Promise<readonly string[]> {
  const items = await scanLedger(system.clients.dynamodb, system.resources.tableName);
  const published = (await results.drain()).map((body) => resultMessage.parse(JSON.parse(body)).runId);
  const { Messages = [] } = await system.clients.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: system.resources.deadLetterQueueUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
    }),
  );
  return [
    ...judgeLedger(items, new Set(published), Date.now(), maybeBilled),
    ...Messages.map(
      ({ MessageAttributes = {} }) =>
        `a run is in the dead-letter queue: ${MessageAttributes.reason?.StringValue ?? 'it was delivered too often'}`,
    ),
  ];
}
