import { randomUUID } from 'node:crypto';
import { slotsWantedForMs } from '../ledger/dispatcherState.ts';
import { notBeforeLane } from '../ledger/parkedIndex.ts';
import { mayPark } from '../ledger/sharedState.ts';
import { applyingBudgets } from '../run/gates/budgetGate.ts';
import { affordableCredits } from '../run/gates/maveraGates.ts';
import { dispatchedAheadMs } from '../run/gates/paceGate.ts';
import { creditsLeft } from './dispatchedCredits.ts';
import type { DispatcherDependencies } from './dispatcherDependencies.ts';
import { type DispatchState, readDispatchState } from './dispatchState.ts';
import { endedEntries } from './endedEntries.ts';
import type { Lane } from './lane.ts';
import { planSlots } from './planSlots.ts';
import { type ReadLanes, readLanes } from './readLanes.ts';
import { type DispatchedLanes, reportLanes } from './reportLanes.ts';
import { blockSize, type OutgoingRun, sendParked } from './sendParked.ts';
import type { PlanInput, PlanState, SlotPlan } from './slotPlan.ts';

/** For how long one dispatcher works alone. */
const leaseMs = 20_000;
/** It is prolonged when it has less time left than this. */
const prolongBelowMs = 12_000;
/** How many runs without a slot are sent at once, and how far apart: they must not make those with a slot late. */
const batchWithoutSlot = 100;
const betweenBatchesMs = 3_000;
/** How many runs without a slot one pass sends. */
const mostWithoutSlot = 4 * batchWithoutSlot;
/** How far ahead runs are sent that take their slots themselves: longer than the time between two passes. */
const spacedAheadMs = 25_000;
/** How long a run takes to arrive: no slot is given out that is nearer. */
const noticeMs = 500;
/** A wake-up message that is due is not on its way any more. */
const wakeToleranceMs = 2_000;
/** Runs that wait for a known time beyond this are left to a later start by the schedule. */
const scheduleMs = 75_000;

/** What one pass has done. `busy`: another dispatcher is at work; `off`: an operator lets nothing be dispatched. */
export type Dispatched = { readonly kind: 'busy' | 'off' } | ({ readonly kind: 'done' } & DispatchedLanes);

/**
 * Gives parked runs their slots, and sends them to the runner: those whose time has come, those that only have to be
 * ended, and as many as there are slots in the next 55 s. It ends no run itself.
 *
 * @throws what the AWS SDK throws when ledger or queue do not answer; the next pass goes on
 */
export async function dispatch(dependencies: DispatcherDependencies): Promise<Dispatched> {
  const { state, now } = dependencies;
  const owner = randomUUID();
  if (!mayPark({ ...(await state.view()), aliveAtMs: now() }, now())) {
    return { kind: 'off' };
  }
  return (await state.take(owner, now(), now() + leaseMs))
    ? await new Pass(owner, readDispatchState(await state.readPlan()), dependencies).make()
    : { kind: 'busy' };
}

/** One pass under the lease. */
class Pass {
  readonly #owner: string;
  readonly #before: DispatchState;
  readonly #dependencies: DispatcherDependencies;
  readonly #sent: (OutgoingRun & { readonly lane: string })[] = [];
  #plan: PlanState;
  #leaseUntilMs: number;

  constructor(owner: string, before: DispatchState, dependencies: DispatcherDependencies) {
    this.#owner = owner;
    this.#before = before;
    this.#dependencies = dependencies;
    this.#plan = before.plan;
    this.#leaseUntilMs = dependencies.now() + leaseMs;
  }

  async make(): Promise<Dispatched> {
    const dependencies = this.#dependencies;
    this.#forgetOld();
    const read = await readLanes(dependencies, dispatchedAheadMs, this.#before.durations);
    await this.#sendWithoutSlot(read);
    const areSlotsWanted = await this.#fillSlots(read);
    const lanes = await reportLanes({ read, before: this.#before, sent: this.#sent }, dependencies);
    await this.#end(read, lanes, areSlotsWanted);
    return { kind: 'done', ...lanes };
  }

  /** Sends the runs whose time has come, and those that the runner only has to end. */
  async #sendWithoutSlot({ entries, ending }: ReadLanes): Promise<void> {
    const { now, settings } = this.#dependencies;
    const nowMs = now();
    // Those that are due before the next pass are sent now, and arrive when they are due.
    const due = (entries.get(notBeforeLane) ?? []).filter(
      ({ orderMs }) => orderMs <= nowMs + settings.everyMs,
    );
    const ended = endedEntries(ending, { nowMs, atMost: mostWithoutSlot });
    const runs = [
      ...due.map(({ runId, number, orderMs }) => ({ runId, number, dueAtMs: orderMs, lane: notBeforeLane })),
      ...ended.map(({ runId, number, trigger }) => ({ runId, number, dueAtMs: nowMs, lane: trigger })),
    ];
    const spread = runs.slice(0, mostWithoutSlot).map(({ dueAtMs, ...run }, index) => ({
      ...run,
      arrivesAtMs: Math.max(dueAtMs, nowMs + betweenBatchesMs * Math.floor(index / batchWithoutSlot)),
    }));
    this.#sent.push(...(await sendParked(spread, this.#dependencies)));
  }

  /**
   * Gives out slots in blocks, as long as there are runs that can use them without a gap and slots that are near enough.
   *
   * @returns whether runs are left that could have used more slots
   */
  async #fillSlots(read: ReadLanes): Promise<boolean> {
    const { pace, now } = this.#dependencies;
    const { intervalMs } = read;
    const gone = new Set(this.#sent.map(({ runId }) => runId));
    let lanes = without(read.lanes, gone);
    let nextSlotAtMs = read.shared.nextSlotAtMs;
    // Slots that were taken for runs that turned out not to be parked any more.
    let spare: readonly number[] = [];
    while (await this.#keepLease()) {
      const startMs = now() + noticeMs;
      const inTime = spare.filter((slotAtMs) => slotAtMs > startMs);
      const expected = slotsFrom(Math.max(startMs, nextSlotAtMs), blockSize - inTime.length, intervalMs);
      const slots = [...inTime, ...expected];
      const wanted = usedFromTheFirst(this.#planFor(slots, lanes, read), slots);
      if (wanted === 0) {
        await this.#sendSpaced(lanes, read);
        return false;
      }
      const count = Math.max(0, wanted - inTime.length);
      const horizonMs = dispatchedAheadMs - noticeMs;
      const taken = await pace.takeSlots({ count, nowMs: startMs, intervalMs, horizonMs });
      nextSlotAtMs = (taken.at(-1) ?? nextSlotAtMs - intervalMs) + intervalMs;
      const plan = this.#planFor([...inTime, ...taken], lanes, read);
      this.#plan = plan.state;
      spare = await this.#sendWithSlots(plan.assignments);
      lanes = without(lanes, new Set(plan.assignments.map(({ runId }) => runId)));
      if (taken.length < count) {
        return this.#planFor(expected, lanes, read).assignments.length > 0;
      }
    }
    return true;
  }

  /**
   * Sends runs whose action has a concurrency cap, and that must be so far apart that slots between them would stay unused:
   * each arrives when its turn is, and takes its slot itself. So the slots between are free for runs that come meanwhile.
   */
  async #sendSpaced(lanes: readonly Lane[], read: ReadLanes): Promise<void> {
    const startMs = this.#dependencies.now() + noticeMs;
    const count = Math.ceil(spacedAheadMs / read.intervalMs);
    const { assignments, state } = this.#planFor(slotsFrom(startMs, count, read.intervalMs), lanes, read);
    if (assignments.length > 0) {
      this.#plan = state;
      const arriving = assignments.map(({ trigger, slotAtMs, ...run }) => ({
        ...run,
        lane: trigger,
        arrivesAtMs: slotAtMs,
      }));
      this.#sent.push(...(await sendParked(arriving, this.#dependencies)));
    }
  }

  /** @returns the slots of the runs that could not be sent */
  async #sendWithSlots(assignments: SlotPlan['assignments']): Promise<readonly number[]> {
    const runs = assignments.map(({ trigger, ...run }) => ({ ...run, lane: trigger }));
    const sent = await sendParked(runs, this.#dependencies);
    this.#sent.push(...sent);
    const sentIds = new Set(sent.map(({ runId }) => runId));
    return runs.filter(({ runId }) => !sentIds.has(runId)).map(({ slotAtMs }) => slotAtMs);
  }

  #planFor(slots: readonly number[], lanes: readonly Lane[], { shared, intervalMs }: ReadLanes): SlotPlan {
    const { triggers, settings, now } = this.#dependencies;
    const nowMs = now();
    const limits = lanes.flatMap(({ trigger: name }) => {
      const trigger = triggers.get(name);
      return trigger === undefined
        ? []
        : applyingBudgets(trigger, settings.overallBudget, shared.operator, nowMs);
    });
    const input: PlanInput = {
      slots,
      intervalMs,
      lanes,
      creditsLeft: creditsLeft(limits, shared.committedCredits, this.#plan.dispatched, nowMs),
      affordableCredits: affordableCredits(shared.usage, nowMs),
      state: this.#plan,
      nowMs,
    };
    return planSlots(input);
  }

  /** @returns whether this dispatcher still has the lease */
  async #keepLease(): Promise<boolean> {
    const { state, now } = this.#dependencies;
    const nowMs = now();
    if (this.#leaseUntilMs - nowMs > prolongBelowMs) {
      return true;
    }
    const untilMs = nowMs + leaseMs;
    const isKept = nowMs < this.#leaseUntilMs && (await state.take(this.#owner, nowMs, untilMs));
    this.#leaseUntilMs = isKept ? untilMs : 0;
    return isKept;
  }

  /** Keeps what the next pass goes by, tells others, and has the dispatcher come again while anything waits for it. */
  async #end(
    read: ReadLanes,
    { lanes, counts, nextSlots }: DispatchedLanes,
    areSlotsWanted: boolean,
  ): Promise<void> {
    const { state, settings, wakeLater, now } = this.#dependencies;
    const nowMs = now();
    const { wakesAtMs } = this.#before;
    const isDueSoon =
      (read.entries.get(notBeforeLane)?.[0]?.orderMs ?? Number.POSITIVE_INFINITY) <= nowMs + scheduleMs;
    const waiting = lanes.filter(({ count }) => count > 0).map(({ lane }) => lane);
    const isAnyWaiting =
      isDueSoon || waiting.some((lane) => read.lanes.some(({ trigger }) => trigger === lane));
    // A message that is on its way wakes the dispatcher, so that there is one such message, not one more each minute.
    const wakes = isAnyWaiting && wakesAtMs <= nowMs + wakeToleranceMs;
    const next = wakes ? nowMs + settings.everyMs : wakesAtMs;
    await state.keepPlan({ plan: this.#plan, durations: read.durations, counts, nextSlots, wakesAtMs: next });
    await state.keepReport({ atMs: nowMs, lanes });
    const isMine = await state.finish(this.#owner, {
      nowMs: now(),
      waiting,
      slotsWantedUntilMs: areSlotsWanted ? nowMs + slotsWantedForMs : 0,
    });
    if (wakes && isMine) {
      await wakeLater(settings.everyMs);
    }
  }

  #forgetOld(): void {
    const { sentLately, now } = this.#dependencies;
    const nowMs = now();
    for (const [runId, { untilMs }] of sentLately) {
      if (untilMs <= nowMs) {
        sentLately.delete(runId);
      }
    }
  }
}

function without(lanes: readonly Lane[], gone: ReadonlySet<string>): readonly Lane[] {
  return gone.size === 0
    ? lanes
    : lanes.map((lane) => ({ ...lane, entries: lane.entries.filter(({ runId }) => !gone.has(runId)) }));
}

function slotsFrom(startMs: number, count: number, intervalMs: number): readonly number[] {
  return Array.from({ length: Math.max(0, count) }, (_none, index) => startMs + index * intervalMs);
}

/** How many slots a plan uses without a gap, from the first on. */
function usedFromTheFirst({ assignments }: SlotPlan, slots: readonly number[]): number {
  const gap = slots.findIndex((slotAtMs, index) => assignments[index]?.slotAtMs !== slotAtMs);
  return gap === -1 ? slots.length : gap;
}
