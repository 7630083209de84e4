import { randomUUID } from 'node:crypto';
import { connectionTestEvent } from '../../../functions/sources/segment/event.ts';
import { ConnectError } from '../connectError.ts';

/**
 * Sends the connection test event through a source.
 *
 * @param trackingUrl e.g. `https://api.segment.io/v1`
 * @returns its message id
 * @throws ConnectError
 */
export async function sendTestEvent(trackingUrl: string, writeKey: string): Promise<string> {
  const messageId = `mavera-connection-test-${randomUUID()}`;
  const event = {
    type: 'track',
    event: connectionTestEvent,
    messageId,
    anonymousId: `mavera-triggers-${randomUUID()}`,
    properties: {},
    timestamp: new Date().toISOString(),
  };
  const response = await fetch(`${trackingUrl}/batch`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ batch: [event] }),
    redirect: 'manual',
    signal: AbortSignal.timeout(30_000),
  }).catch((error: unknown) => {
    throw new ConnectError(`Segment's Tracking API cannot be reached at ${trackingUrl}: check the network.`, {
      cause: error,
    });
  });
  if (!response.ok) {
    throw new ConnectError(
      `Segment's Tracking API at ${trackingUrl} answers ${response.status}: try again in a moment.`,
    );
  }
  return messageId;
}
