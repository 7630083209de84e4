import * as z from 'zod';
import type { InvocationResult } from '../lambda/invocationResult.ts';

const answerSchema = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullish();

/**
 * Which messages of a batch stay in the queue. A failed invocation fails the whole batch. A successful one without
 * `ReportBatchItemFailures` deletes the whole batch. With it, the answer names the failures; an answer that cannot be
 * read, or that names a message outside the batch, fails the whole batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function failedMessageIds(
  result: InvocationResult,
  messageIds: readonly string[],
  reportsBatchItemFailures: boolean,
): readonly string[] {
  if (!result.ok) {
    return messageIds;
  }
  if (!reportsBatchItemFailures) {
    return [];
  }
  const answer = answerSchema.safeParse(JSON.parse(result.payload));
  if (!answer.success) {
    return messageIds;
  }
  const reported = (answer.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return reported.every((id) => messageIds.includes(id)) ? reported : messageIds;
}
