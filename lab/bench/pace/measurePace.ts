import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signSegmentRequest } from '../../../functions/sources/segment/signRequest.ts';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { localSecrets } from '../../../local/system/systemOptions.ts';
import { bootLocalSystem, type LocalSystem } from '../../../local/system.ts';
import { type MaveraSimulator, startMaveraSimulator } from '../../../simulators/mavera/simulator.ts';
import { LabError } from '../../labError.ts';

/** Of the fastest plan that Mavera documents. */
const requestsPerMinute = 600;
/** At 600 a minute they take more than 90 s. */
const runs = 1_000;
const windowMs = 60_000;
const longestMs = 240_000;
const mostPosts = 5;
const postAgainAfterMs = 1_000;

/** How a backlog was worked off, as Mavera saw it. */
export interface PaceAccuracy {
  readonly calls: number;
  readonly seconds: number;
  /** In any 60 seconds. */
  readonly mostInWindow: number;
  readonly limit: number;
  /** Calls that were refused with 429. */
  readonly refused: number;
  /** Of the limit, from the first call to the last. */
  readonly shareUsed: number;
}

/**
 * Has the whole local system work off a backlog in real time, with ten runner processes, against a simulator that
 * counts on its own.
 *
 * @throws LabError when the backlog is not worked off
 */
export async function measurePace(progress: (line: string) => void): Promise<PaceAccuracy> {
  await using started = new AsyncDisposableStack();
  const { apiKey, sharedSecret } = { apiKey: localSecrets.maveraApiKey, sharedSecret: 'bench-pace' };
  const mavera = await startMaveraSimulator({
    apiKey,
    requestsPerMinute,
    monthlyCredits: 10_000_000,
    latency: 50,
  });
  started.defer(() => mavera.stop());
  const system = await bootLocalSystem({
    maveraBaseUrl: mavera.baseUrl,
    sharedSecret,
    triggersFile: join(projectRoot, 'lab/bench/pace/triggers.ts'),
    context: { maveraRequestsPerMinute: requestsPerMinute, maveraTimeout: '20s', runnerConcurrency: 10 },
    endpoints: {},
  });
  started.defer(() => system.stop());
  progress(`pace: ${runs} runs at ${requestsPerMinute} a minute, in real time`);
  await post(system, sharedSecret);
  await system.waitUntilDrained(longestMs);
  return accuracyOf(mavera);
}

/** Again when it is refused for now, as Segment would: a cold receiver on a busy machine may not queue all in time. */
async function post({ segmentUrl }: LocalSystem, secret: string): Promise<void> {
  const payload = Array.from({ length: runs }, (_none, index) => ({
    type: 'track',
    event: 'Bench Pace',
    messageId: `bench-pace-${index}`,
    userId: `u-${index}`,
  }));
  const { body, headers } = signSegmentRequest({ payload, secret });
  for (let posts = 1; ; posts += 1) {
    const response = await fetch(segmentUrl, { method: 'POST', body, headers });
    const answer = await response.text();
    if (response.status === 200) {
      return;
    }
    if (response.status !== 503 || posts === mostPosts) {
      throw new LabError(`The receiver answered ${response.status}: ${answer}`);
    }
    await sleep(postAgainAfterMs);
  }
}

function accuracyOf(mavera: MaveraSimulator): PaceAccuracy {
  const calls = mavera.calls();
  const atMs = calls.map((call) => call.atMs).sort((a, b) => a - b);
  if (mavera.personas().length !== runs) {
    throw new LabError(`${mavera.personas().length} of ${runs} runs were done`);
  }
  const lastedMs = (atMs.at(-1) ?? 0) - (atMs[0] ?? 0);
  return {
    calls: calls.length,
    seconds: lastedMs / 1000,
    mostInWindow: mavera.peaks().callsPerWindow,
    limit: requestsPerMinute,
    refused: calls.filter(({ status }) => status === 429).length,
    shareUsed: (calls.length - 1) / (lastedMs / windowMs) / requestsPerMinute,
  };
}
