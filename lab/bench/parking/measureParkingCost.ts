/// <reference lib="esnext.disposable" />
import { randomBytes } from 'node:crypto';
import type { EnvironmentPool } from '../../../local/lambda/environmentPool.ts';
import { accessKeyOf } from '../../../local/system/startFunction.ts';
import type { LocalSystem } from '../../../local/system.ts';
import { LabError } from '../../labError.ts';
import { deliveries } from '../system/deliveries.ts';
import { parkRuns } from '../system/parkRuns.ts';
import { type BenchEvent, backlog } from '../system/postEvents.ts';
import { startRunSystem } from '../system/runSystem.ts';
import { addBills, type Bill, minus } from './bill.ts';
import { type BillMeter, startBillMeter } from './billMeter.ts';

/** More than two passes of the dispatcher send at this limit. */
const runs = 400;
const options = { requestsPerMinute: 600, callMs: 50, runnerConcurrency: 12 };
const longestMs = 240_000;
const eventBytes = 2_048;
/** What the event has besides its text. */
const otherBytes = 120;

/** Each delivery is received and deleted by itself, at least. */
const requestsPerDelivery = 2;

/** What it costs to park a run once, and to send it on. */
export interface ParkingCost extends Bill {
  readonly runs: number;
  /** Of the runner, for a run: all that it has. */
  readonly deliveries: number;
}

/**
 * Parks runs in the whole local system, and adds up what that is billed as: all that the runner does until they are parked,
 * all that the dispatcher does, and each delivery after the first.
 *
 * @throws LabError when runs are not parked, or not done
 */
export async function measureParkingCost(progress: (line: string) => void): Promise<ParkingCost> {
  await using started = new AsyncDisposableStack();
  let meter: BillMeter | undefined;
  const interpose = async (endpoint: string): Promise<string> => {
    meter = await startBillMeter(endpoint);
    started.defer(meter.stop);
    return meter.endpoint;
  };
  const { system } = await startRunSystem({ ...options, interpose }, started);
  progress(`parking cost: ${runs} runs of 2 KB`);
  const before = billOf(system.runner, system, meter);
  const deliveredBefore = deliveries(system);
  const resume = await parkRuns(system, eventsOfSize(runs));
  const parking = minus(billOf(system.runner, system, meter), before);
  await resume();
  await system.waitUntilDrained(longestMs);
  const bill = addBills(parking, billOf(system.dispatcher, system, meter));
  const delivered = deliveries(system) - deliveredBefore;
  return {
    runs,
    writeUnits: bill.writeUnits / runs,
    readUnits: bill.readUnits / runs,
    queueRequests: (bill.queueRequests + requestsPerDelivery * (delivered - runs)) / runs,
    deliveries: delivered / runs,
  };
}

function billOf(
  pool: EnvironmentPool | undefined,
  { stack }: LocalSystem,
  meter: BillMeter | undefined,
): Bill {
  const fn = stack.functions.find(({ name }) => name === pool?.functionName);
  if (fn === undefined || meter === undefined) {
    throw new LabError('The template has no such function, or its calls go past the meter');
  }
  return meter.total(accessKeyOf(fn.logicalId));
}

/** With random text, which deflate makes smaller by no more than a quarter: real events have less of it. */
function eventsOfSize(count: number): readonly BenchEvent[] {
  return backlog(count, 'cost').map((event) => ({
    ...event,
    properties: {
      text: randomBytes(eventBytes)
        .toString('base64')
        .slice(0, eventBytes - otherBytes),
    },
  }));
}
