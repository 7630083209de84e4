import { setTimeout as sleep } from 'node:timers/promises';
import type { GoodTraffic } from './goodTraffic.ts';

const pauseMs = 300;
const batchEvents = 3;

/** Good traffic that continues until it is ended. */
export interface GoodStream {
  /** Resolves when the last delivery is over. */
  end(): Promise<void>;
}

/** Sends good events, single and in batches, signed in each of Segment's ways, one delivery after the other. */
export function startGoodStream(good: GoodTraffic): GoodStream {
  let isEnding = false;
  const send = async (): Promise<void> => {
    while (!isEnding) {
      await deliverEachForm(good);
      await sleep(pauseMs);
    }
  };
  const sending = send();
  return {
    end: async () => {
      isEnding = true;
      await sending;
    },
  };
}

/** Delivers one event twice and two batches: every form of signature, and a duplicate. */
export async function deliverEachForm(good: GoodTraffic): Promise<void> {
  const event = good.event();
  const batch = (): ReturnType<GoodTraffic['event']>[] =>
    Array.from({ length: batchEvents }, () => good.event());
  await Promise.all([
    good.deliver([event], 'single'),
    good.deliver(batch(), 'whole-body'),
    good.deliver(batch(), 'legacy-batch'),
  ]);
  await good.deliver([event], 'single');
}
