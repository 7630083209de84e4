import type { PostOutcome } from '../../simulators/http/post.ts';
import type { SegOpsSimulator } from '../../simulators/segops/segOpsSimulator.ts';
import { newKeyPair } from '../../simulators/sendgrid/keyPair.ts';
import { postEvents } from '../../simulators/sendgrid/postEvents.ts';
import type { SendGridSimulator } from '../../simulators/sendgrid/sendGridSimulator.ts';
import type { OtherRequest } from './otherRequests.ts';

const retry = { timeScale: 0.001, maxAttempts: 5 };

/** Sends a request as SendGrid or SegOps does, or as somebody who does not have their key. @returns the last attempt */
export async function sendOther(
  { source, events, isGenuine }: OtherRequest,
  url: string,
  { sendgrid, segops }: { readonly sendgrid: SendGridSimulator; readonly segops: SegOpsSimulator },
  segopsWebhookSecret: string,
): Promise<PostOutcome> {
  if (source === 'segops') {
    return await segops.postTo(url, events[0] ?? {}, isGenuine ? segopsWebhookSecret : undefined);
  }
  const { attempts } = isGenuine
    ? await sendgrid.postTo(url, events, { retry })
    : await postEvents({ url, events, privateKey: newKeyPair().privateKey, retry: { maxAttempts: 1 } });
  return attempts.at(-1) ?? { durationMs: 0 };
}
