import { setTimeout as sleep } from 'node:timers/promises';
import type { GoodTraffic } from './goodTraffic.ts';

const pauseMs = 300;
const batchEvents = 3;

/** Good traffic that continues until it is ended. */
export interface GoodStream {
  /** Resolves when the last delivery is over. */
  end(): Promise<void>;
}

/** Sends good events of every source, single and in batches, one delivery after the other. */
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

/** Delivers events of every source and in every form of signature, and each source's first ones again. */
export async function deliverEachForm(good: GoodTraffic): Promise<void> {
  const event = good.event();
  const batch = (): ReturnType<GoodTraffic['event']>[] =>
    Array.from({ length: batchEvents }, () => good.event());
  const mails = Array.from({ length: batchEvents }, () => good.marker('sendgrid'));
  const segment = good.marker('segops');
  await Promise.all([
    good.deliver([event], 'single'),
    good.deliver(batch(), 'whole-body'),
    good.deliver(batch(), 'legacy-batch'),
    good.deliverMails(mails),
    good.deliverSegment(segment),
  ]);
  await good.deliver([event], 'single');
  await good.deliverMails(mails);
  await good.deliverSegment(segment);
}
