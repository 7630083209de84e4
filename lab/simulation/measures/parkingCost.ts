import { listPrices } from '../../../infra/monitoring/listPrices.ts';
import { type LedgerUnits, noUnits } from '../../../simulators/aws/dynamodb/units.ts';
import type { SimulatedWorld } from '../world/simulatedWorld.ts';

/** What AWS bills for some work. */
export interface Bill {
  readonly ledger: LedgerUnits;
  readonly queueRequests: number;
  readonly invocations: number;
  readonly billedMs: number;
}

/** As the stack has it, for both functions. */
const memoryGb = 0.25;

/** All that a function and its queues have caused so far. */
export function billOf(world: SimulatedWorld, name: 'runner' | 'dispatcher'): Bill {
  const queues = name === 'runner' ? (['intake', 'bulk'] as const) : (['ready', 'dispatch'] as const);
  const { invocations, billedMs } = world[name];
  return {
    ledger: world.dynamo.units.get(name) ?? noUnits,
    queueRequests: queues.reduce((sum, queue) => sum + world.queue(queue).requests, 0),
    invocations,
    billedMs,
  };
}

/** A bill without what was on it before, divided by the runs that it is for. */
export function billPerRun(after: Bill, before: Bill, runs: number): Bill {
  const per = (of: (bill: Bill) => number): number => (of(after) - of(before)) / runs;
  return {
    ledger: {
      calls: per(({ ledger }) => ledger.calls),
      writes: per(({ ledger }) => ledger.writes),
      indexWrites: per(({ ledger }) => ledger.indexWrites),
      reads: per(({ ledger }) => ledger.reads),
    },
    queueRequests: per(({ queueRequests }) => queueRequests),
    invocations: per(({ invocations }) => invocations),
    billedMs: per(({ billedMs }) => billedMs),
  };
}

/** Dollars of a million runs with such a bill each, at list prices; without logs. */
export function dollarsPerMillion({ ledger, queueRequests, invocations, billedMs }: Bill): number {
  const { perWriteUnit, perReadUnit, perQueueRequest, perLambdaRequest, perLambdaGbSecond } = listPrices;
  const dollars =
    (ledger.writes + ledger.indexWrites) * perWriteUnit +
    ledger.reads * perReadUnit +
    queueRequests * perQueueRequest +
    invocations * perLambdaRequest +
    (billedMs / 1000) * memoryGb * perLambdaGbSecond;
  return 1e6 * dollars;
}
