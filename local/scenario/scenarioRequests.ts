import { isBatch, type SegmentPayload, type SegmentPayloadEvent } from '../../simulators/segment/payload.ts';
import { readEvents } from '../../simulators/segment/readEvents.ts';
import { shiftToNow } from '../../simulators/segment/shiftToNow.ts';
import type { SignatureForm } from '../../simulators/segment/webhookRequest.ts';
import type { SentRequest } from './expectation.ts';

/** One request of the scenario, as Segment or a forger would send it. */
export interface ScenarioRequest {
  readonly payload: SegmentPayload;
  readonly form: SignatureForm;
  /** Signed with the `right` secret, with a `wrong` one, or not at all. */
  readonly secret: 'right' | 'wrong' | 'none';
  readonly withBearerToken: boolean;
}

/**
 * The events of the example files in all three signature forms, single and in batches. Some are then sent again, batched
 * differently, as Segment's retries are. Three forged requests come last.
 *
 * @param nowMs the events are moved in time so that they end here
 * @throws InvalidEventsError
 */
export async function scenarioRequests(pattern: string, nowMs: number): Promise<readonly ScenarioRequest[]> {
  const lines = await readEvents(pattern);
  const payloads = lines.map(({ payload }) => shiftToNow(payload, nowMs));
  const genuine = payloads.map(signInTurn);
  const singles = payloads.filter((payload): payload is SegmentPayloadEvent => !isBatch(payload));
  const retry: ScenarioRequest = {
    payload: singles.toReversed(),
    form: 'whole-body',
    secret: 'right',
    withBearerToken: false,
  };
  return [...genuine, retry, ...forgeries(singles)];
}

/** Alternates the two headers. A batch whose signature covers only its first event needs the bearer token. */
function signInTurn(payload: SegmentPayload, index: number): ScenarioRequest {
  const legacyForm = isBatch(payload) ? 'legacy-batch' : 'single';
  const form = index % 2 === 0 ? 'whole-body' : legacyForm;
  return { payload, form, secret: 'right', withBearerToken: form === 'legacy-batch' };
}

function forgeries(singles: readonly SegmentPayloadEvent[]): readonly ScenarioRequest[] {
  const [genuine = {}, other = {}] = singles;
  const forged = { ...other, messageId: 'forged', userId: 'forger' };
  const common = { withBearerToken: false } as const;
  return [
    { ...common, payload: forged, form: 'single', secret: 'wrong' },
    { ...common, payload: forged, form: 'single', secret: 'none' },
    // In the legacy form the signature of the genuine first event is valid for the whole batch.
    { ...common, payload: [genuine, forged], form: 'legacy-batch', secret: 'right' },
  ];
}

/** What is expected of a request depends on its elements and on its signature. */
export function sentRequest(request: ScenarioRequest): SentRequest {
  const { payload } = request;
  return {
    source: 'segment',
    elements: isBatch(payload) ? payload : [payload],
    isGenuine: isGenuine(request),
  };
}

/** Whether the receiver should accept it. */
function isGenuine({ form, secret, withBearerToken }: ScenarioRequest): boolean {
  return secret === 'right' && (form !== 'legacy-batch' || withBearerToken);
}
