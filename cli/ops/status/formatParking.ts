import type { LaneReport } from '../../../functions/ledger/dispatcherState.ts';
import { approvalLane, notBeforeLane } from '../../../functions/ledger/parkedIndex.ts';
import { explainReason } from '../../../functions/run/reasons.ts';
import { formatTable } from '../../formatTable.ts';
import { duration } from '../format/duration.ts';
import { laneName } from '../parking/laneName.ts';
import { when } from '../runs/describeState.ts';
import { dispatcherLifetimeMs, type ParkingStatus } from './readParking.ts';

/** A count that is older than this is shown with its age. */
const recentCountMs = 60_000;

/** Whether the dispatcher should be at work, and is not. */
export function isDispatcherMissing(
  { dispatcherAliveAtMs, parkingOffUntilMs, lanes }: ParkingStatus,
  nowMs: number,
): boolean {
  const isDead = nowMs - dispatcherAliveAtMs > dispatcherLifetimeMs;
  const isExpected = dispatcherAliveAtMs > 0 || lanes.length > 0;
  return isDead && isExpected && parkingOffUntilMs <= nowMs;
}

/** The dispatcher in a few words. */
export function describeDispatcher(parking: ParkingStatus, nowMs: number): string {
  const { dispatcherAliveAtMs, parkingOffUntilMs } = parking;
  if (parkingOffUntilMs > nowMs) {
    return `an operator has turned parking off until ${when(parkingOffUntilMs, nowMs)}`;
  }
  const last =
    dispatcherAliveAtMs === 0
      ? 'it has never finished a pass'
      : `last pass ${duration(nowMs - dispatcherAliveAtMs)} ago`;
  return isDispatcherMissing(parking, nowMs) ? `NOT RUNNING: ${last}` : last;
}

/** What to do about a dispatcher that is not running, and about parking that was turned off; `undefined` if nothing. */
export function adviseParking(parking: ParkingStatus, flags: string, nowMs: number): string | undefined {
  const parked = parking.lanes.reduce((sum, { count }) => sum + count, 0).toLocaleString('en');
  if (parking.parkingOffUntilMs > nowMs) {
    return (
      `PARKING IS OFF. ${parked} parked runs stay where they are; new runs wait in the intake queue.\n` +
      `To turn it on again: npm run ops -- unpark --resume${flags}`
    );
  }
  return isDispatcherMissing(parking, nowMs)
    ? `THE DISPATCHER IS NOT RUNNING. ${parked} parked runs do not go on; new runs wait in the intake queue.\n` +
        'What to do: docs/runbook.md, DispatcherNotFinished. If it cannot be repaired soon:\n' +
        `npm run ops -- unpark --all --yes${flags} puts the parked runs back into the intake queue.`
    : undefined;
}

const columns = [
  { heading: 'parked runs' },
  { heading: 'runs', align: 'right' },
  { heading: 'counted' },
  { heading: 'oldest', align: 'right' },
  { heading: 'next one goes' },
  { heading: 'why they wait' },
] as const;

/** The lanes as a table. */
export function formatLanes(lanes: readonly LaneReport[], nowMs: number): string {
  return formatTable(
    columns,
    lanes.map((lane) => [
      laneName(lane.lane),
      lane.count.toLocaleString('en'),
      describeCount(lane, nowMs),
      // The places of the other runs are the times until which they wait.
      lane.lane === notBeforeLane ? '' : duration(nowMs - lane.oldestMs),
      describeNext(lane, nowMs),
      describeWhy(lane),
    ]),
  );
}

function describeCount({ isExact, countedAtMs }: LaneReport, nowMs: number): string {
  const ageMs = nowMs - countedAtMs;
  const age = ageMs > recentCountMs ? `${duration(ageMs)} ago` : 'now';
  return isExact ? `exactly, ${age}` : `about, ${age}`;
}

function describeNext({ lane, oldestMs, nextSlotAtMs }: LaneReport, nowMs: number): string {
  const atMs = nextSlotAtMs ?? (lane === notBeforeLane ? oldestMs : undefined);
  if (atMs === undefined) {
    return '';
  }
  return atMs > nowMs ? `in ${duration(atMs - nowMs)}` : 'now';
}

function describeWhy({ lane, reason }: LaneReport): string {
  if (reason !== undefined) {
    return explainReason(reason);
  }
  switch (lane) {
    case approvalLane:
      return 'Each waits until somebody approves or denies it.';
    case notBeforeLane:
      return 'Each waits until a time that is known, for example the end of a collection.';
    default:
      return 'Each waits for its rate-limit slot; they go in turn with those of other triggers, oldest first.';
  }
}
