/// <reference lib="esnext.disposable" />
import type { ApiSimulator } from '../../simulators/http/apiSimulator.ts';
import {
  type MaveraSimulator,
  type MaveraSimulatorOptions,
  startMaveraSimulator,
} from '../../simulators/mavera/simulator.ts';
import { defaultAudiences } from '../../simulators/segment/audiences/defaultAudiences.ts';
import {
  localSpace,
  type ProfilesSimulator,
  startProfilesSimulator,
} from '../../simulators/segment/profiles/profilesSimulator.ts';
import { startPublicApiSimulator } from '../../simulators/segment/publicApiSimulator.ts';
import { type SegOpsSimulator, startSegOpsSimulator } from '../../simulators/segops/segOpsSimulator.ts';
import {
  type SendGridSimulator,
  startSendGridSimulator,
} from '../../simulators/sendgrid/sendGridSimulator.ts';
import { type CalledSystems, localSecrets } from '../system/systemOptions.ts';

/** The stand-ins that a scenario uses. */
export interface ScenarioSimulators {
  /** Its count of calls is compared with the runner's. */
  readonly mavera: MaveraSimulator;
  readonly segmentProfiles: ProfilesSimulator;
  readonly segmentApi: ApiSimulator;
  readonly sendgrid: SendGridSimulator;
  readonly segops: SegOpsSimulator;
}

/** Starts the stand-ins, with the limits of an account at Mavera. */
export async function startScenarioSimulators(
  account: Pick<MaveraSimulatorOptions, 'requestsPerMinute' | 'monthlyCredits'>,
  started: AsyncDisposableStack,
): Promise<ScenarioSimulators> {
  const simulators = {
    mavera: await startMaveraSimulator({ ...account, apiKey: localSecrets.maveraApiKey }),
    // Triggers may name any space.
    segmentProfiles: await startProfilesSimulator({
      accessTokens: { '*': localSecrets.segmentProfilesToken },
    }),
    segmentApi: await startPublicApiSimulator({ audiences: { '*': defaultAudiences(Date.now()) } }),
    sendgrid: await startSendGridSimulator(),
    segops: await startSegOpsSimulator(),
  };
  for (const simulator of Object.values(simulators)) {
    started.defer(() => simulator.stop());
  }
  return simulators;
}

/** From where the puller may download files: the exports of SendGrid. */
export function filesOriginOf({ sendgrid }: ScenarioSimulators): string {
  return new URL(sendgrid.baseUrl).origin;
}

/** How functions reach the stand-ins. */
export function systemsOf(simulators: ScenarioSimulators): CalledSystems {
  const { segmentProfiles, segmentApi, segops, sendgrid } = simulators;
  const { segmentProfilesToken, segmentApiToken } = localSecrets;
  return {
    segmentProfiles: { url: segmentProfiles.baseUrl, token: segmentProfilesToken, space: localSpace },
    segmentApi: { url: segmentApi.baseUrl, token: segmentApiToken },
    segops: { url: segops.baseUrl, apiKey: segops.apiKey },
    sendgrid: { url: sendgrid.baseUrl, apiKey: sendgrid.apiKey },
  };
}
