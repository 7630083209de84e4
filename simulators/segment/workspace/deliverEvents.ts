import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { DeliveryAttempt } from '../attemptDelivery.ts';
import { isBatch, type SegmentPayload, type SegmentPayloadEvent } from '../payload.ts';
import { sendToWebhook } from '../sendToWebhook.ts';
import type { SignatureForm } from '../webhookRequest.ts';
import { mappedPayloads } from './mappedPayloads.ts';
import type { StoredDestination, StoredSubscription, WorkspaceState } from './workspaceState.ts';

/** A request to a webhook and its answer. */
export interface WorkspaceDelivery {
  readonly url: string;
  readonly subscription: string;
  /** `undefined`: no answer came, or the mapping's settings cannot be sent. */
  readonly status: number | undefined;
  readonly events: number;
}

/**
 * Sends the events of a source to its mappings, as Segment does. A mapping gets the events that its filter matches, signed
 * with the destination's secret, and in batches if batching is on.
 *
 * @param delivered called with each request when it is answered
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
          mappedPayloads(subscription, full).map((payload) => ({ destination, subscription, payload })),
        ),
    );
  await Promise.all(jobs.map((job) => send(job, delivered, signal)));
}

interface Job {
  readonly destination: StoredDestination;
  readonly subscription: StoredSubscription;
  readonly payload: SegmentPayload;
}

/**
 * The members that Segment adds to an event. Source: Segment docs, "Spec: Common Fields". GUESS: which absent members
 * become empty objects.
 */
function completed(event: SegmentPayloadEvent): SegmentPayloadEvent {
  const now = new Date().toISOString();
  const hasProperties = ['track', 'page', 'screen'].includes(String(event.type));
  return {
    ...(hasProperties ? { properties: {} } : {}),
    context: {},
    ...event,
    messageId: event.messageId ?? `local-${randomUUID()}`,
    timestamp: event.timestamp ?? now,
    receivedAt: now,
  };
}

/** The settings of a mapping that requests depend on; an edit by hand may set any value. */
const requestSettings = z.object({
  url: z.url(),
  method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
  headers: z
    .record(z.string(), z.string())
    .nullish()
    .transform((headers) => headers ?? {}),
});

async function send(
  { destination, subscription, payload }: Job,
  delivered: (delivery: WorkspaceDelivery) => void,
  signal: AbortSignal,
): Promise<void> {
  const { sharedSecret, useSegmentSignatureHeader } = destination.settings;
  const told = (sent: SegmentPayload, status: number | undefined): void =>
    delivered({
      url: String(subscription.settings.url),
      subscription: subscription.name,
      status,
      events: isBatch(sent) ? sent.length : 1,
    });
  const legacy: SignatureForm = isBatch(payload) ? 'legacy-batch' : 'single';
  try {
    await sendToWebhook({
      ...requestSettings.parse(subscription.settings),
      payload,
      secret: typeof sharedSecret === 'string' ? sharedSecret : undefined,
      form: useSegmentSignatureHeader === true ? 'whole-body' : legacy,
      remixBatches: true,
      // Segment's four hours are too long on this machine: 24 minutes here.
      retry: { timeScale: 0.1 },
      onAttempt: ({ payload: sent, status }: DeliveryAttempt) => told(sent, status),
      signal,
    });
  } catch {
    // A header that HTTP does not allow, or invalid settings.
    told(payload, undefined);
  }
}
