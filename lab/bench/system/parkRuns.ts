import { setTimeout as sleep } from 'node:timers/promises';
import { DispatcherState } from '../../../functions/ledger/dispatcherState.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { OperatorDesk } from '../../../functions/ledger/operatorDesk.ts';
import type { LocalSystem } from '../../../local/system.ts';
import { LabError } from '../../labError.ts';
import { type BenchEvent, postEvents } from './postEvents.ts';

const longestStartMs = 60_000;
const longestParkingMs = 180_000;
const checkEveryMs = 100;

/**
 * Has all runs of some events parked: an operator has paused everything.
 *
 * @returns what resumes it
 * @throws LabError when they are not parked
 */
export async function parkRuns(
  system: LocalSystem,
  events: readonly BenchEvent[],
): Promise<() => Promise<void>> {
  const table = new LedgerTable(system.clients.dynamodb, system.resources.tableName);
  await waitForDispatcher(new DispatcherState(table));
  const desk = new OperatorDesk(table);
  await desk.pause('*', Date.now());
  await postEvents(system, events);
  const parked = await system.waitUntilDrained(longestParkingMs, () => true);
  const count = parked.reduce((sum, lane) => sum + lane.count, 0);
  if (count !== events.length) {
    throw new LabError(`${count} of ${events.length} runs were parked`);
  }
  return () => desk.resume('*');
}

/** Before its first pass, nothing is parked. */
async function waitForDispatcher(state: DispatcherState): Promise<void> {
  const deadlineMs = Date.now() + longestStartMs;
  while ((await state.view()).aliveAtMs === 0) {
    if (Date.now() > deadlineMs) {
      throw new LabError(`The dispatcher has not finished a pass in ${longestStartMs / 1000} s`);
    }
    await sleep(checkEveryMs);
  }
}
