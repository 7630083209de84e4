import { dollarsPerMillionRuns } from '../../cost/runDollars.ts';
import type { Fairness } from '../../parking/measureFairness.ts';
import type { FirstCall } from '../../parking/measureFirstCall.ts';
import type { ParkingPace } from '../../parking/measureParking.ts';
import type { ParkingCost } from '../../parking/measureParkingCost.ts';
import { atMost, below, ratioAtMost } from '../limit.ts';
import type { Figures } from '../row.ts';
import { backlogRows } from './paceRows.ts';

/** A parked run is delivered at its admission and at its slot, and may miss that slot once. */
const mostDeliveries = atMost(3);

/** How parked runs are worked off. */
export function parkingRows(parking: ParkingPace): readonly Figures[] {
  return [
    ...backlogRows(`${parking.runs} parked runs at ${parking.limit} calls a minute`, parking),
    { name: '  … deliveries of a run', receiver: parking.deliveries, digits: 2, limit: mostDeliveries },
  ];
}

/** How long a single run waits beside the backlog of another trigger. */
export function fairnessRows(fairness: Fairness): readonly Figures[] {
  const { others, sentAfterSeconds, startedAfterSeconds, refused } = fairness;
  return [
    {
      name: `a run sent ${sentAfterSeconds} s after ${others} of another trigger: calls after: s`,
      receiver: startedAfterSeconds,
      digits: 1,
      limit: atMost(120),
    },
    { name: '  … calls that Mavera refused with 429', receiver: refused, digits: 0, limit: atMost(0) },
  ];
}

/** How soon a run that can start at once is called, with an admission (first) and without one (second). */
export function firstCallRows({ admitted, oneQueue }: FirstCall): readonly Figures[] {
  return [
    {
      name: 'from the webhook to the call, nothing parked (p50): ms',
      receiver: admitted.p50Ms,
      other: oneQueue.p50Ms,
      digits: 0,
      limit: ratioAtMost(2),
    },
    { name: '  … one hop more: ms', receiver: admitted.p50Ms - oneQueue.p50Ms, digits: 0 },
    {
      name: '  … deliveries of a run',
      receiver: admitted.deliveries,
      other: oneQueue.deliveries,
      digits: 2,
    },
  ];
}

/** What it costs to park a run, and to send it on. */
export function parkingCostRows(cost: ParkingCost): readonly Figures[] {
  const { writeUnits, readUnits, queueRequests, deliveries } = cost;
  return [
    { name: 'parking a run of 2 KB once: write units of the ledger', receiver: writeUnits, digits: 2 },
    { name: '  … read units of the ledger', receiver: readUnits, digits: 2 },
    { name: '  … requests to SQS', receiver: queueRequests, digits: 2 },
    { name: '  … deliveries of the run, all in all', receiver: deliveries, digits: 2, limit: mostDeliveries },
    {
      name: '  … for a million of them: $',
      receiver: dollarsPerMillionRuns(cost),
      digits: 2,
      limit: below(10),
    },
  ];
}
