import { type ApiSimulator, type ApiSimulatorOptions, startApiSimulator } from '../http/apiSimulator.ts';
import type { PostOutcome } from '../http/post.ts';
import type { MemberForm } from './endpoints.ts';
import { postWebhook, recomputedEvent } from './postWebhook.ts';
import { defaultSegments, type SegOpsSegment } from './segment.ts';
import { SegOpsAccount, type SegOpsWebhook } from './segOpsAccount.ts';
import { segOpsApi } from './segOpsApi.ts';
import type { TrackedEvent } from './trackedEvent.ts';

/** The default credentials of the simulated account; no real system may use them. */
export const localSegOps = { apiKey: 'sk_local-segops-key', webhookSecret: 'local-segops-secret' } as const;

/** All have defaults. */
export interface SegOpsSimulatorOptions extends ApiSimulatorOptions {
  /** A key for servers, `sk_…`. @default a documented key that only the simulator accepts */
  readonly apiKey?: string;
  /** @default 'acme' */
  readonly tenant?: string;
  /** @default four, with the ids of the examples */
  readonly segments?: readonly SegOpsSegment[];
  /** Posts go to them after each computation. @default none */
  readonly webhooks?: readonly SegOpsWebhook[];
  /** Calls in 60 seconds. Source: SegOps, "Plans": 60 for the smallest one. @default 60 */
  readonly requestsPerMinute?: number;
  /** The form of a segment's members. @default 'id' */
  readonly memberForm?: MemberForm;
  /** How long a call takes, in milliseconds. @default 2 */
  readonly latencyMs?: number;
}

/** A running simulator of SegOps. */
export interface SegOpsSimulator extends ApiSimulator {
  readonly apiKey: string;
  /** Every event that was queued, in the order of arrival; one that was sent twice is there twice. */
  events(): readonly TrackedEvent[];
  /** How often the events of each run were queued, by `run_id` of the payload; a run that nobody reported is absent. */
  receivedByRun(): ReadonlyMap<string, number>;
  segments(): readonly SegOpsSegment[];
  /** Adds a webhook, as an operator does on SegOps's pages: its API for webhooks is not documented. */
  addWebhook(webhook: SegOpsWebhook): void;
  /**
   * Computes a segment, and posts to each active webhook, in parallel.
   *
   * @param members the new ones. @default they stay
   * @returns the outcome of each post
   */
  recompute(id: number, members?: readonly string[]): Promise<readonly PostOutcome[]>;
  /** Posts an event to a URL as a webhook does. */
  postTo(url: string, event: object, secret?: string): Promise<PostOutcome>;
}

/**
 * Starts a stand-in for SegOps on this machine: segments, members, membership, ingestion and the webhook.
 * It keeps all events: like SegOps, it does not drop repeated ones.
 *
 * Sources: SegOps documentation and its public code; what they leave open is marked GUESS in the code.
 *
 * @example
 * const segops = await startSegOpsSimulator({ memberForm: 'object', webhooks: [{ url, secret }] });
 * segops.inject({ kind: 'cut-after', method: 'POST', path: '/ingestion/track/batch/' });
 * await segops.recompute(42);
 */
export async function startSegOpsSimulator(options: SegOpsSimulatorOptions = {}): Promise<SegOpsSimulator> {
  const { apiKey = localSegOps.apiKey, tenant = 'acme', webhooks = [], now = Date.now } = options;
  const { requestsPerMinute = 60, memberForm = 'id', latencyMs = 2 } = options;
  const { segments = defaultSegments() } = options;
  const account = new SegOpsAccount(tenant, segments, webhooks, now);
  const stopping = new AbortController();
  const recompute = async (id: number, members?: readonly string[]): Promise<readonly PostOutcome[]> => {
    const event = recomputedEvent(account.recompute(id, members), tenant);
    const active = account.webhooks.filter(({ isActive = true }) => isActive);
    return await Promise.all(active.map((webhook) => postWebhook(webhook, event, stopping.signal)));
  };
  const api = segOpsApi({
    account,
    apiKey,
    requestsPerMinute,
    memberForm,
    latencyMs,
    recompute,
  });
  const simulator = await startApiSimulator(api, options);
  return {
    ...simulator,
    apiKey,
    events: () => [...account.events],
    receivedByRun: () => countByRun(account.events),
    segments: () => account.segments(),
    addWebhook: (webhook) => void account.webhooks.push(webhook),
    recompute,
    postTo: (url, event, secret) =>
      postWebhook({ url, ...(secret === undefined ? {} : { secret }) }, event, stopping.signal),
    stop: async () => {
      stopping.abort();
      await simulator.stop();
    },
  };
}

function countByRun(events: readonly TrackedEvent[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { payload } of events) {
    const runId = payload?.run_id;
    if (typeof runId === 'string') {
      counts.set(runId, (counts.get(runId) ?? 0) + 1);
    }
  }
  return counts;
}
