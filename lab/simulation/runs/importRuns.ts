import { deflatedParts } from '../../../functions/ledger/collectedEvents.ts';
import { type LedgerItem, number, text } from '../../../functions/ledger/ledgerTable.ts';
import { OperatorDesk } from '../../../functions/ledger/operatorDesk.ts';
import { laneKeyOf } from '../../../functions/ledger/parkedIndex.ts';
import { parkedKey } from '../../../functions/ledger/parkedItem.ts';
import { ParkedRuns } from '../../../functions/ledger/parkedRuns.ts';
import { dayOf } from '../../../functions/ledger/runItem.ts';
import { runKey } from '../../../functions/ledger/runLease.ts';
import { writeRunMessage } from '../../../functions/queue/runMessage.ts';
import type { ImportedItems } from '../../../simulators/aws/dynamodb/simulatedTable.ts';
import { SimulatedWorld } from '../world/simulatedWorld.ts';
import { startMs, usualTroubles } from '../world/worldOptions.ts';
import { indexOfRunId, newRun, runId } from './newRuns.ts';

/** Parked runs that a world has from its beginning. */
export interface ParkedBacklog {
  readonly trigger: string;
  readonly count: number;
}

/** They arrived one after the other, before the simulation begins. */
const betweenMs = 5;
const minuteMs = 60_000;

/**
 * Puts parked runs into the ledger of a world. Their items are those that the real admission writes for one such run, with the
 * names, times and message of each.
 */
export async function importRuns(world: SimulatedWorld, backlogs: readonly ParkedBacklog[]): Promise<void> {
  const parkedRuns = new ParkedRuns(world.ledger);
  for (const { trigger, count } of backlogs) {
    const arrivals = { trigger, count, endsAtMs: startMs - minuteMs };
    const items = new ImportedRuns(arrivals, await itemsOfOneRun(world, trigger));
    world.dynamo.table.import(items, items.indexed());
    await parkedRuns.noteLane(trigger);
  }
}

/** The items of a parked run, as the code has written them. */
interface RunItems {
  readonly run: LedgerItem;
  readonly parked: LedgerItem;
}

/** Has one run of a trigger parked, in a world of its own in which the trigger is paused. */
async function itemsOfOneRun({ options }: SimulatedWorld, trigger: string): Promise<RunItems> {
  const world = new SimulatedWorld({ ...options, troubles: usualTroubles });
  await new OperatorDesk(world.ledger).pause(trigger, startMs);
  await world.time.runUntil(startMs + 3 * minuteMs);
  void world.arrive([newRun(trigger, 0, world.time.now())]);
  await world.time.runUntil(startMs + 4 * minuteMs);
  const id = runId(trigger, 0);
  const { table } = world.dynamo;
  const [run, parked] = [table.item(runKey(id)), table.item(parkedKey(id))];
  if (run === undefined || parked === undefined) {
    throw new Error(`The admission of a run of ${trigger} did not park it: ${[...world.evidence.outcomes]}`);
  }
  return { run, parked };
}

interface Arrivals extends ParkedBacklog {
  /** When the last one arrived. */
  readonly endsAtMs: number;
}

class ImportedRuns implements ImportedItems {
  readonly #arrivals: Arrivals;
  readonly #template: RunItems;

  constructor(arrivals: Arrivals, template: RunItems) {
    this.#arrivals = arrivals;
    this.#template = template;
  }

  /** Entries of the index of parked runs, oldest first. */
  indexed(): readonly LedgerItem[] {
    const { trigger, count } = this.#arrivals;
    const { lane: _lane, orderMs: _orderMs, ...shared } = this.#template.parked;
    const common = { trigger: shared.trigger, number: shared.number, credits: shared.credits };
    const lanes = new Map<string, LedgerItem[string]>();
    return Array.from({ length: count }, (_none, index) => {
      const id = runId(trigger, index);
      const laneKey = laneKeyOf(trigger, id);
      const lane = lanes.get(laneKey) ?? text(laneKey);
      lanes.set(laneKey, lane);
      const orderMs = number(this.#receivedAtMs(index));
      const endsAtMs = number(newRun(trigger, 0, this.#receivedAtMs(index)).deadlineAtMs);
      return { ...common, pk: text(parkedKey(id)), lane, orderMs, endsAtMs } as LedgerItem;
    });
  }

  item(pk: string): LedgerItem | undefined {
    const [kind, id = ''] = pk.split('#');
    if (id.length !== 40 || !(kind === 'run' || kind === 'parked')) {
      return undefined;
    }
    const { trigger, count } = this.#arrivals;
    const index = indexOfRunId(id);
    if (!(index < count) || runId(trigger, index) !== id) {
      return undefined;
    }
    const { run, parked } = this.#template;
    return kind === 'run' ? this.#run(run, pk, id, index) : this.#parked(parked, pk, id, index);
  }

  #run(template: LedgerItem, pk: string, id: string, index: number): LedgerItem {
    const receivedAtMs = this.#receivedAtMs(index);
    const { messageId, deadlineAtMs, event } = newRun(this.#arrivals.trigger, index, receivedAtMs);
    return {
      ...template,
      pk: text(pk),
      messageId: text(messageId ?? ''),
      userId: text(event.userId ?? ''),
      day: text(dayOf(id, receivedAtMs)),
      receivedAtMs: number(receivedAtMs),
      updatedAtMs: number(receivedAtMs),
      notBeforeMs: number(receivedAtMs),
      deadlineAtMs: number(deadlineAtMs),
    };
  }

  #parked(template: LedgerItem, pk: string, id: string, index: number): LedgerItem {
    const run = newRun(this.#arrivals.trigger, index, this.#receivedAtMs(index));
    const [message = new Uint8Array()] = deflatedParts(writeRunMessage(run));
    return {
      ...template,
      pk: text(pk),
      lane: text(laneKeyOf(run.trigger, id)),
      orderMs: number(run.receivedAtMs),
      endsAtMs: number(run.deadlineAtMs),
      message: { B: message },
    };
  }

  #receivedAtMs(index: number): number {
    const { count, endsAtMs } = this.#arrivals;
    return endsAtMs - (count - 1 - index) * betweenMs;
  }
}
