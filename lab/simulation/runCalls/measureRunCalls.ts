import { OperatorDesk } from '../../../functions/ledger/operatorDesk.ts';
import type { LedgerUnits } from '../../../simulators/aws/dynamodb/units.ts';
import { LabError } from '../../labError.ts';
import { sendRuns } from '../runs/sendRuns.ts';
import { fastPlan, worldOn } from '../scenarios/plans.ts';
import { SimulatedWorld } from '../world/simulatedWorld.ts';
import { startMs, usualTroubles } from '../world/worldOptions.ts';
import { describeLedgerCall, type LedgerCall } from './describeLedgerCall.ts';
import type { RunKind } from './runKinds.ts';

/** A call of the ledger that a run has caused. */
export interface RunCall extends LedgerCall {
  /** In which of the run's deliveries, from 1. */
  readonly delivery: number;
  readonly units: LedgerUnits;
}

const minuteMs = 60_000;
/** By then each run of a collection has ended, and the account's usage is still known. */
const nextRunMs = 3 * minuteMs;
/** By then all reads see a change. */
const lateByMs = 5_000;
/** By then the dispatcher has made its first passes. */
const firstRunMs = startMs + 3 * minuteMs;

/**
 * Lists the runner's calls of the ledger for one run on simulated time, from its message to its end. Another run of the
 * trigger goes before it, so that the account's usage and the cap's item are there. Nothing goes wrong.
 *
 * @throws LabError if the run does not end
 */
export async function measureRunCalls({ trigger, events, isParked }: RunKind): Promise<readonly RunCall[]> {
  const troubles = { ...usualTroubles, twice: 0, late: 0, scheduleSkipped: 0, scheduleTwice: 0 };
  const world = new SimulatedWorld(worldOn(fastPlan, { triggers: [trigger], seed: 1, troubles }));
  const { time, evidence } = world;
  const arrive = (first: number): void =>
    sendRuns(world, {
      trigger: trigger.name,
      count: events,
      first,
      fromMs: time.now(),
      forMs: minuteMs / 6,
      perRequest: 1,
    });
  await time.runUntil(firstRunMs);
  arrive(0);
  await time.runUntil(firstRunMs + nextRunMs);
  const desk = new OperatorDesk(world.ledger);
  if (isParked) {
    await desk.pause(trigger.name, time.now());
    await time.runUntil(time.now() + lateByMs);
  }
  const endsBefore = endsOf(evidence.outcomes);
  const deliveriesBefore = sumOf(evidence.deliveries);
  const calls: RunCall[] = [];
  world.dynamo.listen(({ caller, command, units }) => {
    if (caller === 'runner') {
      const delivery = sumOf(evidence.deliveries) - deliveriesBefore + 1;
      calls.push({ ...describeLedgerCall(command), delivery, units });
    }
  });
  arrive(events);
  await time.runUntil(time.now() + minuteMs / 2);
  await desk.resume(trigger.name);
  await time.runUntil(time.now() + nextRunMs);
  if (endsOf(evidence.outcomes) === endsBefore || evidence.troubles.length > 0) {
    throw new LabError(`A run of ${trigger.name} has not ended: ${evidence.troubles.join('; ')}`);
  }
  return calls;
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function endsOf(outcomes: ReadonlyMap<string, number>): number {
  return sumOf(new Map([...outcomes].filter(([outcome]) => !outcome.startsWith('waiting'))));
}
