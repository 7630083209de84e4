/** Most bytes that SQS takes in a message, and in all messages of a batch together. */
export const maxMessageBytes = 1_048_576;
const messagesPerCall = 10;

/** Batches of at most ten messages and at most the bytes that SQS takes in one call. */
export function packBatches<Message extends { readonly body: string }>(
  messages: readonly Message[],
): readonly (readonly Message[])[] {
  const batches: Message[][] = [];
  let batch: Message[] | undefined;
  let batchBytes = 0;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message.body);
    if (batch === undefined || batch.length === messagesPerCall || batchBytes + bytes > maxMessageBytes) {
      batch = [];
      batches.push(batch);
      batchBytes = 0;
    }
    batch.push(message);
    batchBytes += bytes;
  }
  return batches;
}
