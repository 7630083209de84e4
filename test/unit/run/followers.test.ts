import { describe, expect, it } from 'vitest';
import { maxMessageBytes, writeRunMessage } from '../../../functions/queue/runMessage.ts';
import { followerMessages } from '../../../functions/run/followers.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import { trigger } from '../../../functions/triggers/defineTrigger.ts';
import { runMessage } from '../runMessages.ts';

const why = trigger(
  { name: 'why', when: 'type = "track"' },
  askMave(() => ({ message: 'Why?' })),
);
const voice = trigger(
  { name: 'voice', after: why },
  askMave(({ result }) => ({ message: result.content })),
);

function bytesOf(
  propertyCharacters: number,
  content: string,
): { readonly bytes: number; readonly content: unknown } {
  const message = runMessage({ trigger: 'why' });
  const event = { ...message.event, properties: { text: 'x'.repeat(propertyCharacters) } };
  const result = JSON.stringify({ content, threadId: 'thread_1' });
  const [follower] = followerMessages(
    { ...message, event },
    { result },
    1_800_000_000_000,
    [voice],
    3_600_000,
  );
  if (follower === undefined) {
    throw new Error('no run follows');
  }
  return {
    bytes: Buffer.byteLength(writeRunMessage({ ...follower, notBeforeMs: 1_800_000_000_000 })),
    content: follower.after?.result.content,
  };
}

describe('the message of a run that follows another one', () => {
  it('has the whole result where the queue takes it', () => {
    const content = 'y'.repeat(150_000);
    expect(bytesOf(800_000, content).content).toBe(content);
  });

  it('is never larger than the queue takes: the texts of a long result are cut', () => {
    // The receiver takes no larger event.
    const largest = maxMessageBytes - 4_096 - 700;
    for (const text of ['y'.repeat(150_000), 'é\ud83c\udf89"\\\n'.repeat(20_000)]) {
      const { bytes, content } = bytesOf(largest, text);
      expect(bytes).toBeLessThanOrEqual(maxMessageBytes);
      expect(content).toContain('[…cut]');
    }
  });
});
