/// <reference lib="esnext.disposable" />
import { signSegmentRequest } from '../../../functions/sources/segment/signRequest.ts';
import { localSecrets } from '../../../local/system/systemOptions.ts';
import { bootLocalSystem, type LocalSystem } from '../../../local/system.ts';
import { startMaveraSimulator } from '../../../simulators/mavera/simulator.ts';
import { LabError } from '../../labError.ts';
import { benchTriggers } from '../bundles/bundleReceiver.ts';

/** Mappings of one route whose filters overlap: each sends its own copy of an event, at the same time. */
const mappings = 3;
const copies = 60;
const events = 10;
/** More would take each other's time on two cores. */
const environments = 6;

/** What copies of an event that come at once were answered. */
export interface OverlapAnswers {
  readonly mappings: number;
  /** Of one event, sent at once. */
  readonly copies: number;
  readonly events: number;
  /** Copies that were answered 503: Segment sends them again. */
  readonly refused: number;
  /** Runs that were queued beyond one for each event. */
  readonly queuedTwice: number;
}

/**
 * Sends copies of events to the whole local system, all copies of an event at once.
 *
 * @throws LabError when one is answered neither 200 nor 503
 */
export async function measureOverlap(progress: (line: string) => void): Promise<OverlapAnswers> {
  await using started = new AsyncDisposableStack();
  const mavera = await startMaveraSimulator({
    apiKey: localSecrets.maveraApiKey,
    requestsPerMinute: 100_000,
    latency: 1,
  });
  started.defer(() => mavera.stop());
  const system = await bootLocalSystem({
    maveraBaseUrl: mavera.baseUrl,
    triggersFile: benchTriggers,
    context: { maveraRequestsPerMinute: 100_000, maveraTimeout: '20s' },
    endpoints: {},
    receiverPoolSize: environments,
  });
  started.defer(() => system.stop());
  // Cold starts are not what is measured.
  await sendCopies(system, 'warm');
  progress(`${events} events, ${copies} copies of each at once, by ${mappings} mappings`);
  const answers: CopyAnswer[] = [];
  for (let event = 0; event < events; event += 1) {
    answers.push(...(await sendCopies(system, String(event))));
  }
  const queued = answers.filter(({ queued: count }) => count > 0).length;
  return {
    mappings,
    copies,
    events,
    refused: answers.filter(({ status }) => status === 503).length,
    queuedTwice: Math.max(0, queued - events),
  };
}

interface CopyAnswer {
  readonly status: number;
  readonly queued: number;
}

/** Each mapping sends its share of the copies. */
async function sendCopies(system: LocalSystem, name: string): Promise<readonly CopyAnswer[]> {
  const payload = {
    type: 'track',
    event: 'plan_upgraded',
    messageId: `bench-overlap-${name}`,
    userId: 'user-1',
    properties: { new_plan: 'business' },
  };
  const send = async (mapping: number): Promise<CopyAnswer> => {
    const { body, headers } = signSegmentRequest({ payload, secret: system.sharedSecret });
    const response = await fetch(system.segmentUrl, {
      method: 'POST',
      body,
      headers: { ...headers, 'x-mapping': String(mapping) },
    });
    const answer = (await response.json()) as { readonly queued?: number };
    if (response.status !== 200 && response.status !== 503) {
      throw new LabError(`a copy was answered ${response.status}: ${JSON.stringify(answer)}`);
    }
    return { status: response.status, queued: answer.queued ?? 0 };
  };
  return await Promise.all(Array.from({ length: copies }, (_none, index) => send(index % mappings)));
}
