/// <reference lib="esnext.disposable" />
import type { ApiSimulator } from '../../simulators/http/apiSimulator.ts';
import { type MaveraSimulator, startMaveraSimulator } from '../../simulators/mavera/simulator.ts';
import { defaultAudiences } from '../../simulators/segment/audiences/defaultAudiences.ts';
import { defaultSources } from '../../simulators/segment/profiles/defaultSources.ts';
import {
  localSpace,
  type ProfilesSimulator,
  startProfilesSimulator,
} from '../../simulators/segment/profiles/profilesSimulator.ts';
import { startPublicApiSimulator } from '../../simulators/segment/publicApiSimulator.ts';
import {
  localSource,
  type SegmentWorkspace,
  startSegmentWorkspace,
} from '../../simulators/segment/workspace/workspace.ts';
import { type SegOpsSimulator, startSegOpsSimulator } from '../../simulators/segops/segOpsSimulator.ts';
import {
  type SendGridSimulator,
  startSendGridSimulator,
} from '../../simulators/sendgrid/sendGridSimulator.ts';
import { type CalledSystems, type LocalSystemOptions, localSecrets } from '../system/systemOptions.ts';
import type { LocalSystem } from '../system.ts';
import type { DevSettings } from './devSettings.ts';

/** The stand-ins for what no variable names. */
export interface Simulators {
  readonly mavera?: MaveraSimulator;
  readonly workspace?: SegmentWorkspace;
  readonly segmentProfiles?: ProfilesSimulator;
  readonly segmentApi?: ApiSimulator;
  readonly sendgrid?: SendGridSimulator;
  readonly segops?: SegOpsSimulator;
}

/** Starts a stand-in for each system that the settings do not name. */
export async function startSimulators(
  settings: DevSettings,
  started: AsyncDisposableStack,
): Promise<Simulators> {
  const { maveraRequestsPerMinute: requestsPerMinute, maveraMonthlyCredits: monthlyCredits } = settings;
  const { segmentWriteKey: writeKey = localSecrets.segmentWriteKey, systems } = settings;
  const run = async <S extends { stop(): Promise<void> }>(starting: Promise<S>): Promise<S> => {
    const simulator = await starting;
    started.defer(() => simulator.stop());
    return simulator;
  };
  const isSimulated = settings.segmentTrackingUrl === undefined;
  // Its first source has the write key with which results are reported, so the workspace knows their source.
  const sources = [{ ...localSource, writeKey }, ...defaultSources];
  // Triggers may name any space.
  const audiences = { '*': defaultAudiences(Date.now()) };
  return {
    ...(settings.maveraBaseUrl === undefined
      ? {
          mavera: await run(
            startMaveraSimulator({
              apiKey: settings.maveraApiKey ?? localSecrets.maveraApiKey,
              ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
              ...(monthlyCredits === undefined ? {} : { monthlyCredits }),
            }),
          ),
        }
      : {}),
    ...(isSimulated ? { workspace: await run(startSegmentWorkspace({ sources, audiences })) } : {}),
    ...(!isSimulated && systems.segmentApi === undefined
      ? { segmentApi: await run(startPublicApiSimulator({ audiences })) }
      : {}),
    ...(systems.segmentProfiles === undefined
      ? { segmentProfiles: await run(startProfilesSimulator({ accessTokens: anySpace })) }
      : {}),
    ...(systems.sendgrid === undefined ? { sendgrid: await run(startSendGridSimulator()) } : {}),
    ...(systems.segops === undefined ? { segops: await run(startSegOpsSimulator()) } : {}),
  };
}

/** Triggers may name any space. */
const anySpace = { '*': localSecrets.segmentProfilesToken };

/** The options with which the system uses the stand-ins, and what the settings name instead. */
export function optionsOf(
  { systems, segmentProfileSpace: space = localSpace, sendgridPublicKey, segopsWebhookSecret }: DevSettings,
  { workspace, segmentProfiles, segmentApi, sendgrid, segops }: Simulators,
): Pick<LocalSystemOptions, 'systems' | 'filesOrigin' | 'sendgridPublicKey' | 'segopsWebhookSecret'> {
  const publicApi = workspace?.apiUrl ?? segmentApi?.baseUrl;
  const simulated: Partial<CalledSystems> = {
    ...(segmentProfiles === undefined
      ? {}
      : {
          segmentProfiles: { url: segmentProfiles.baseUrl, token: localSecrets.segmentProfilesToken, space },
        }),
    ...(publicApi === undefined
      ? {}
      : { segmentApi: { url: publicApi, token: localSecrets.segmentApiToken } }),
    ...(segops === undefined ? {} : { segops: { url: segops.baseUrl, apiKey: segops.apiKey } }),
    ...(sendgrid === undefined ? {} : { sendgrid: { url: sendgrid.baseUrl, apiKey: sendgrid.apiKey } }),
  };
  const publicKeys = [sendgridPublicKey, sendgrid?.publicKey].filter((key) => key !== undefined);
  return {
    systems: { ...simulated, ...systems },
    ...(sendgrid === undefined ? {} : { filesOrigin: new URL(sendgrid.baseUrl).origin }),
    ...(publicKeys.length === 0 ? {} : { sendgridPublicKey: publicKeys }),
    ...(segopsWebhookSecret === undefined ? {} : { segopsWebhookSecret }),
  };
}

/** Lets SegOps post to the system, if it is open for that. SendGrid is connected by `npm run connect`. */
export function connectSegOps(
  { segops }: Simulators,
  { sourceUrls, segopsWebhookSecret }: LocalSystem,
): void {
  if (sourceUrls.segops !== undefined) {
    segops?.addWebhook({ url: sourceUrls.segops, secret: segopsWebhookSecret });
  }
}
