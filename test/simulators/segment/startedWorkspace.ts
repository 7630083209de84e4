import { onTestFinished } from 'vitest';
import { localSecrets } from '../../../local/system/systemOptions.ts';
import { sendActionId, webhooksMetadataId } from '../../../simulators/segment/workspace/catalog.ts';
import {
  type SegmentWorkspace,
  startSegmentWorkspace,
  type WorkspaceOptions,
} from '../../../simulators/segment/workspace/workspace.ts';

/** An answer of the Public API. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: Readonly<Record<string, unknown>>;
    readonly errors?: readonly Readonly<Record<string, unknown>>[];
  };
}

/** A workspace with a client; stopped with the test. */
export interface StartedWorkspace {
  readonly workspace: SegmentWorkspace;
  call(method: string, path: string, body?: object, token?: string): Promise<Answer>;
  /** @returns the id of the destination */
  addDestination(settings?: object, sourceId?: string): Promise<string>;
  /** Adds a mapping of track events. @returns its id */
  addMapping(destinationId: string, settings: object, members?: object): Promise<string>;
  track(...events: readonly object[]): Promise<number>;
}

/** Starts a workspace. */
export async function useWorkspace(options: WorkspaceOptions = {}): Promise<StartedWorkspace> {
  const workspace = await startSegmentWorkspace(options);
  onTestFinished(() => workspace.stop());
  const call: StartedWorkspace['call'] = async (method, path, body, token = localSecrets.segmentApiToken) => {
    const response = await fetch(`${workspace.apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { status, headers } = response;
    return { status, headers, body: (await response.json()) as Answer['body'] };
  };
  const addDestination: StartedWorkspace['addDestination'] = async (
    settings = {},
    sourceId = 'src_local',
  ) => {
    const metadataId = webhooksMetadataId;
    await call('POST', '/destinations', {
      sourceId,
      metadataId,
      settings: { sharedSecret: 'shared-secret', ...settings },
    });
    return workspace.destinations().at(-1)?.id ?? '';
  };
  const addMapping: StartedWorkspace['addMapping'] = async (destinationId, settings, members = {}) => {
    await call('POST', `/destinations/${destinationId}/subscriptions`, {
      name: 'Send',
      actionId: sendActionId,
      trigger: 'type = "track"',
      enabled: true,
      settings,
      ...members,
    });
    return workspace.subscriptions(destinationId).at(-1)?.id ?? '';
  };
  const track: StartedWorkspace['track'] = async (...batch) => {
    const authorization = `Basic ${Buffer.from(`${localSecrets.segmentWriteKey}:`).toString('base64')}`;
    const { status } = await fetch(`${workspace.trackingUrl}/batch`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ batch }),
    });
    return status;
  };
  return { workspace, call, addDestination, addMapping, track };
}
