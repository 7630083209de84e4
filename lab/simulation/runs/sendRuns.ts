import type { SimulatedWorld } from '../world/simulatedWorld.ts';
import { newRun } from './newRuns.ts';

/** Events that Segment sends to the receiver. */
export interface Sending {
  readonly trigger: string;
  readonly count: number;
  /** The number of the first run. @default 0 */
  readonly first?: number;
  readonly fromMs: number;
  /** Over which time they come; at once for 0. */
  readonly forMs: number;
  /** Events of one request. @default 100 */
  readonly perRequest?: number;
}

/** Has events arrive, evenly over a time. */
export function sendRuns(world: SimulatedWorld, sending: Sending): void {
  const { trigger, count, first = 0, fromMs, forMs, perRequest = 100 } = sending;
  const requests = Math.ceil(count / perRequest);
  for (let request = 0; request < requests; request += 1) {
    const atMs = fromMs + (forMs * request) / requests;
    const length = Math.min(perRequest, count - request * perRequest);
    world.time.at(atMs, () => {
      const runs = Array.from({ length }, (_none, index) =>
        newRun(trigger, first + request * perRequest + index, atMs),
      );
      void world.arrive(runs);
    });
  }
}
