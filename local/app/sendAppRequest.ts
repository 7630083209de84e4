import type { PostOutcome } from '../../simulators/http/post.ts';
import { sendToWebhook } from '../../simulators/segment/sendToWebhook.ts';
import type { ScenarioSimulators } from '../scenario/scenarioSimulators.ts';
import { sendOther } from '../scenario/sendOther.ts';
import type { LocalSystem } from '../system.ts';
import { type AppRequest, elementsOf } from './appRequests.ts';

/** Sends a request as its source does, to where the source is open. @returns the last attempt */
export async function sendAppRequest(
  { source, payload, variant }: AppRequest,
  url: string,
  system: LocalSystem,
  simulators: ScenarioSimulators,
): Promise<PostOutcome> {
  const isGenuine = variant !== 'forged';
  if (source !== 'segment') {
    const events = elementsOf(payload) as readonly Readonly<Record<string, unknown>>[];
    return await sendOther({ source, events, isGenuine }, url, simulators, system.segopsWebhookSecret);
  }
  const { attempts } = await sendToWebhook({
    url,
    payload,
    secret: isGenuine ? system.sharedSecret : `not ${system.sharedSecret}`,
    retry: { timeScale: 0.05, maxAttempts: 5 },
  });
  return attempts.at(-1) ?? { durationMs: 0 };
}
