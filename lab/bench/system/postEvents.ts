import { setTimeout as sleep } from 'node:timers/promises';
import { chunk } from '../../../functions/aws/mapConcurrently.ts';
import { signSegmentRequest } from '../../../functions/sources/segment/signRequest.ts';
import type { LocalSystem } from '../../../local/system.ts';
import { LabError } from '../../labError.ts';

/** A receiver on a busy machine has enough time for so many. */
const eventsPerRequest = 500;
const mostPosts = 10;
const postAgainAfterMs = 1_000;

/** An event for a trigger of the bench. */
export interface BenchEvent {
  readonly event: 'Bench Backlog' | 'Bench Single';
  /** Its Segment message id and user id. */
  readonly id: string;
  readonly properties?: object;
}

/**
 * Posts events in batches, one after the other.
 *
 * @throws LabError when the events are not taken
 */
export async function postEvents(system: LocalSystem, events: readonly BenchEvent[]): Promise<void> {
  for (const batch of chunk(events, eventsPerRequest)) {
    await postBatch(system, batch);
  }
}

/** It is sent again when it is refused for now, as Segment would: a cold receiver may not queue all in time. */
async function postBatch(system: LocalSystem, events: readonly BenchEvent[]): Promise<void> {
  const payload = events.map(({ event, id, properties = {} }) => ({
    type: 'track',
    event,
    messageId: id,
    userId: id,
    properties,
  }));
  const { body, headers } = signSegmentRequest({ payload, secret: system.sharedSecret });
  for (let posts = 1; ; posts += 1) {
    const response = await fetch(system.segmentUrl, { method: 'POST', body, headers });
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

/** Many events of the trigger that has the backlog. */
export function backlog(count: number, name: string, properties: object = {}): readonly BenchEvent[] {
  return Array.from({ length: count }, (_none, index) => ({
    event: 'Bench Backlog',
    id: `bench-${name}-${index}`,
    properties,
  }));
}
