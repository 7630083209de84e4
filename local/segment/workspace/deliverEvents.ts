import { randomUUID } from 'node:crypto';
import { parseFql, validate } from '@segment/destination-subscriptions';
import type { SegmentPayload, SegmentPayloadEvent } from '../payload.ts';
import { sendToWebhook } from '../sendToWebhook.ts';
import type { SignatureForm } from '../webhookRequest.ts';
import type { StoredDestination, StoredSubscription, WorkspaceState } from './workspaceState.ts';

/** A request to a webhook, and how it was answered. */
export interface WorkspaceDelivery {
  readonly url: string;
  readonly subscription: string;
  /** `undefined`: no answer came. */
  readonly status: number | undefined;
  readonly events: number;
}

/**
 * Sends the events of a source to its mappings, as Segment does: those that the mapping's filter matches, signed with the
 * destination's secret, as one batch where batching is on.
 *
 * @param delivered told of each request
 */
export async function deliverEvents(
  state: WorkspaceState,
  sourceId: string,
  events: readonly SegmentPayloadEvent[],
  delivered: (delivery: WorkspaceDelivery) => void,
  signal: AbortSignal,
): Promise<void> {
  const full = events.map(completed);
  const jobs = [...state.destinations.values()]
    .filter((destination) => destination.enabled && destination.sourceId === sourceId)
    .flatMap((destination) =>
      state
        .subscriptionsOf(destination.id)
        .filter(({ enabled }) => enabled)
        .flatMap((subscription) =>
          payloadsOf(subscription, full).map((payload) => ({ destination, subscription, payload })),
        ),
    );
  await Promise.all(jobs.map((job) => send(job, delivered, signal)));
}

interface Job {
  readonly destination: StoredDestination;
  readonly subscription: StoredSubscription;
  readonly payload: SegmentPayload;
}

/** What Segment adds to an event that it has taken in. */
function completed(event: SegmentPayloadEvent): SegmentPayloadEvent {
  const now = new Date().toISOString();
  return {
    messageId: `local-${randomUUID()}`,
    timestamp: now,
    properties: {},
    context: {},
    ...event,
    receivedAt: now,
  };
}

function payloadsOf(
  { trigger, settings }: StoredSubscription,
  events: readonly SegmentPayloadEvent[],
): readonly SegmentPayload[] {
  const filter = parseFql(trigger);
  const wanted = events.filter((event) => validate(filter, event as never));
  return settings.enable_batching === true && wanted.length > 0 ? [wanted] : wanted;
}

async function send(
  { destination, subscription, payload }: Job,
  delivered: (delivery: WorkspaceDelivery) => void,
  signal: AbortSignal,
): Promise<void> {
  const { sharedSecret, useSegmentSignatureHeader } = destination.settings;
  const isBatch = Array.isArray(payload);
  const legacy: SignatureForm = isBatch ? 'legacy-batch' : 'single';
  const url = String(subscription.settings.url);
  const { attempts } = await sendToWebhook({
    url,
    payload,
    secret: typeof sharedSecret === 'string' ? sharedSecret : undefined,
    form: useSegmentSignatureHeader === true ? 'whole-body' : legacy,
    headers: (subscription.settings.headers ?? {}) as Record<string, string>,
    // Nobody waits four hours for a system on this machine.
    retry: { maxAttempts: 5, timeScale: 0.1 },
    signal,
  });
  for (const { status } of attempts) {
    delivered({ url, subscription: subscription.name, status, events: isBatch ? payload.length : 1 });
  }
}
