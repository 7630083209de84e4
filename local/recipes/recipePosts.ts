import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import type { PostOutcome } from '../../simulators/http/post.ts';
import { isBatch } from '../../simulators/segment/payload.ts';
import { readEvents } from '../../simulators/segment/readEvents.ts';
import { sendToWebhook } from '../../simulators/segment/sendToWebhook.ts';
import { shiftToNow } from '../../simulators/segment/shiftToNow.ts';
import { otherPosts } from '../scenario/otherRequests.ts';
import type { ScenarioSimulators } from '../scenario/scenarioSimulators.ts';
import { sendOther } from '../scenario/sendOther.ts';
import type { LocalSystem } from '../system.ts';

/** What was posted for a recipe. */
export interface PostedFile {
  /** As the recipe names it, such as `segops/segments.ndjson`. */
  readonly file: string;
  readonly events: number;
  /** One sentence for each post that was not answered 200. */
  readonly refused: readonly string[];
}

interface PostContext {
  readonly system: LocalSystem;
  readonly simulators: ScenarioSimulators;
  /** The events are moved in time so that they end here. */
  readonly nowMs: number;
}

/** Posts the events of a file below `examples/` as their source does: the folder says which one, and without one it is Segment. */
export async function postFile(file: string, context: PostContext): Promise<PostedFile> {
  const outcomes = await (/^(sendgrid|segops)\//.test(file)
    ? postOther(file, context)
    : postSegment(file, context));
  return {
    file,
    events: outcomes.reduce((sum, { events }) => sum + events, 0),
    refused: outcomes.flatMap(({ outcome: { status, error } }) =>
      status === 200 ? [] : [`a post of ${file} was answered ${status ?? error ?? 'nothing'}`],
    ),
  };
}

interface PostedRequest {
  readonly events: number;
  readonly outcome: PostOutcome;
}

async function postSegment(file: string, { system, nowMs }: PostContext): Promise<readonly PostedRequest[]> {
  const posted: PostedRequest[] = [];
  for (const { payload } of await readEvents(join(projectRoot, 'examples', file))) {
    const { attempts } = await sendToWebhook({
      url: urlOf('segment', file, system),
      payload: shiftToNow(payload, nowMs),
      secret: system.sharedSecret,
      retry: { timeScale: 0.05, maxAttempts: 5 },
    });
    const events = isBatch(payload) ? payload.length : 1;
    posted.push({ events, outcome: attempts.at(-1) ?? { durationMs: 0 } });
  }
  return posted;
}

async function postOther(
  file: string,
  { system, simulators, nowMs }: PostContext,
): Promise<readonly PostedRequest[]> {
  const source = file.startsWith('sendgrid/') ? 'sendgrid' : 'segops';
  const url = urlOf(source, file, system);
  const posted: PostedRequest[] = [];
  for (const events of await otherPosts(source, join(projectRoot, 'examples', file), nowMs)) {
    const request = { source, events, isGenuine: true } as const;
    const outcome = await sendOther(request, url, simulators, system.segopsWebhookSecret);
    posted.push({ events: events.length, outcome });
  }
  return posted;
}

function urlOf(source: 'segment' | 'sendgrid' | 'segops', file: string, { sourceUrls }: LocalSystem): string {
  const url = sourceUrls[source];
  if (url === undefined) {
    throw new Error(`${file} cannot be posted: no trigger has the source ${source}`);
  }
  return url;
}
