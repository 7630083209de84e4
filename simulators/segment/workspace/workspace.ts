import { type ApiSimulator, startApiSimulator } from '../../http/apiSimulator.ts';
import type { AudienceControls, AudienceOptions } from '../audiences/audienceSpaces.ts';
import { simulatedSecrets } from '../simulatedSecrets.ts';
import { type ApiReply, problem, tooManyRequests } from './apiReply.ts';
import type { WorkspaceDelivery } from './deliverEvents.ts';
import { type ApiRequest, WorkspaceServer } from './workspaceServer.ts';
import type { WorkspaceSource } from './workspaceSource.ts';
import type { StoredDestination, StoredSubscription } from './workspaceState.ts';

export type { ApiRequest, StoredDestination, StoredSubscription, WorkspaceDelivery, WorkspaceSource };

/** The options of a workspace. */
export interface WorkspaceOptions extends AudienceOptions {
  /** @default 0, any free port */
  readonly port?: number;
  /** The token of the Public API. @default a documented token that only the stand-in accepts */
  readonly token?: string;
  /** @default one, "website" */
  readonly sources?: readonly WorkspaceSource[];
  /** Whether the catalog offers "Use X-Segment-Signature Header". @default true */
  readonly offersWholeBodySignature?: boolean;
  /** Whether tracked events are delivered to the mappings. @default true */
  readonly deliver?: boolean;
  /** The most elements of a page of the Public API. @default 200 */
  readonly pageSize?: number;
}

/** A running stand-in for a Segment workspace: Public API, Tracking API, and deliveries to mappings. */
export interface SegmentWorkspace extends Omit<ApiSimulator, 'baseUrl' | 'certificate'>, AudienceControls {
  /** E.g. `http://127.0.0.1:4030`, for `https://api.segmentapis.com`. */
  readonly apiUrl: string;
  /** E.g. `http://127.0.0.1:4030/v1`, for `https://api.segment.io/v1`. */
  readonly trackingUrl: string;
  /** Calls of the Public API in order. */
  requests(): readonly ApiRequest[];
  /** With unmasked secrets. */
  destinations(): readonly StoredDestination[];
  subscriptions(destinationId: string): readonly StoredSubscription[];
  /** Changes a destination by hand, as on Segment's pages. */
  editDestination(id: string, change: Partial<Omit<StoredDestination, 'id'>>): void;
  editSubscription(id: string, change: Partial<Omit<StoredSubscription, 'id'>>): void;
  removeSubscription(id: string): void;
  /**
   * Answers the next calls of the Public API with an error.
   *
   * @param options.msBeforeNext how long to wait, as in Segment's 429
   */
  failNext(times: number, status: number, options?: { readonly msBeforeNext?: number }): void;
  /** Finished requests to webhooks, in order, each attempt of a retried one. */
  deliveries(): readonly WorkspaceDelivery[];
}

/** The default source of a workspace. */
export const localSource: WorkspaceSource = {
  id: 'src_local',
  slug: 'website',
  name: 'Website',
  writeKey: simulatedSecrets.writeKey,
};

/**
 * Starts a workspace on this machine. An event that the Tracking API receives with the write key of a source is delivered
 * to the mappings of that source's destinations.
 *
 * @example const workspace = await startSegmentWorkspace({ token: 'secret', offersWholeBodySignature: false });
 */
export async function startSegmentWorkspace(options: WorkspaceOptions = {}): Promise<SegmentWorkspace> {
  const { port = 0, ...settings } = options;
  const running = new WorkspaceServer({
    token: simulatedSecrets.apiToken,
    sources: [localSource],
    offersWholeBodySignature: true,
    deliver: true,
    pageSize: 200,
    ...settings,
  });
  const simulator = await startApiSimulator(running.api, {
    port,
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  const { baseUrl: apiUrl, calls, inject, clearFaults } = simulator;
  const { state } = running;
  return {
    calls,
    inject,
    clearFaults,
    apiUrl,
    trackingUrl: `${apiUrl}/v1`,
    requests: () => [...running.requests],
    destinations: () => [...state.destinations.values()],
    subscriptions: (destinationId) => state.subscriptionsOf(destinationId),
    editDestination: (id, change) => void state.changeDestination(id, change),
    editSubscription: (id, change) => void state.changeSubscription(id, change),
    removeSubscription: (id) => void state.subscriptions.delete(id),
    failNext: (times, status, { msBeforeNext } = {}) => {
      const failure = (): ApiReply =>
        msBeforeNext === undefined
          ? problem(status, `Injected failure: ${status}.`)
          : { ...tooManyRequests(msBeforeNext), status };
      running.failures.push(...Array.from({ length: times }, () => failure));
    },
    deliveries: () => [...running.deliveries],
    audiences: (space) => state.spaces.audiences(space),
    changeAudiences: (change, space) => state.spaces.changeAudiences(change, space),
    previewsStarted: (space) => state.spaces.previewsStarted(space),
    stop: async () => {
      running.stop();
      await simulator.stop();
    },
  };
}
