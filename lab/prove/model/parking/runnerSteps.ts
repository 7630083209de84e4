import type { Transition } from '../calls.ts';
import { type ParkingAnswer, sent } from './parkingCalls.ts';
import type { ParkingRules } from './parkingRules.ts';
import {
  type Delivering,
  type Door,
  endWork,
  type Known,
  type Lane,
  type ParkingCall,
  type ParkingState,
  type Round,
  type RunnerSlot,
} from './parkingState.ts';
import { callParking, dying, trouble } from './parkingWork.ts';

type Step = Transition<ParkingState>;
type Phase = Delivering['phase'];

/** SQS delivers a message to a runner that is free, or to both. */
export function* deliverMessages(state: ParkingState, slot: RunnerSlot): Generator<Step> {
  for (const door of ['intake', 'ready'] as const) {
    for (const [round, count] of state[door].entries()) {
      if (count > 0) {
        yield* deliverOne(state, slot, door, round);
      }
    }
  }
}

function* deliverOne(state: ParkingState, slot: RunnerSlot, door: Door, round: Round): Generator<Step> {
  const taken: ParkingState = { ...state, [door]: state[door].with(round, (state[door][round] ?? 0) - 1) };
  const delivering: Delivering = {
    door,
    round,
    phase: round > 0 ? 'redrive' : 'take',
    knows: null,
    to: null,
    isCancelled: state.cancel === 'noted',
    copy: 'none',
  };
  const label = `SQS delivers from ${door}${round > 0 ? `, redriven ${round}` : ''}`;
  yield { label: `${label} to ${slot}`, next: withRunner(taken, slot, delivering) };
  if (state.copies > 0 && state.runners['runner 1'] === null && state.runners['runner 2'] === null) {
    const copy: Delivering = { ...delivering, copy: 'at the other runner' };
    yield {
      label: `${label} to both runners`,
      next: { ...taken, copies: state.copies - 1, runners: { 'runner 1': copy, 'runner 2': copy } },
    };
  }
}

/** The next step of a delivery. */
export function* deliver(
  state: ParkingState,
  slot: RunnerSlot,
  delivering: Delivering,
  rules: ParkingRules,
): Generator<Step> {
  const { phase } = delivering;
  const knows = delivering.knows ?? nothing;
  const go: Go = (next, phaseNow, change = {}) =>
    withRunner(next, slot, { ...(next.runners[slot] ?? delivering), ...change, phase: phaseNow });
  const fail = (next: ParkingState): ParkingState => endWork(comeBack(next, slot), slot);
  switch (phase) {
    case 'look':
      for (const { label, phase: next, change } of decisionsOf(state, delivering, knows, rules)) {
        yield { label: `${slot}: ${label}`, next: go(spendWait(state, change.to), next, change) };
      }
      yield* dying(state, `${slot}: dies before it decides`, fail);
      break;
    case 'recover':
      yield {
        label: `${slot}: recovers the lost answer`,
        next: go(state, (state.timesDone[knows.round] ?? 0) > 0 ? 'finish' : 'announce the call'),
      };
      yield* trouble(state, `${slot}: cannot recover the lost answer`, (next) =>
        go(next, 'release', { to: 'ready' }),
      );
      break;
    case 'call':
      yield* callMavera(state, slot, delivering, go, fail);
      break;
    case 'acknowledge':
      yield { label: `${slot}: acknowledges`, next: endWork(acknowledge(state, slot), slot) };
      if (state.copies > 0 && delivering.copy === 'none') {
        yield {
          label: `${slot}: acknowledges, and SQS delivers once more`,
          next: fail({ ...state, copies: state.copies - 1 }),
        };
      }
      yield* dying(state, `${slot}: dies before it acknowledges`, fail);
      break;
    default: {
      const { call, proceed } = writeOf(state, slot, { ...delivering, phase }, rules, go);
      yield* callParking(state, slot, call, rules, {
        proceed: (next, answer) => (answer === 'failed' ? fail(next) : (proceed(next, answer) ?? fail(next))),
        die: (next) => comeBack(next, slot),
      });
    }
  }
}

const nothing: Known = { mayHaveCalled: false, parkings: 0, round: 0, decision: null };

type Writing = Exclude<Phase, 'look' | 'recover' | 'call' | 'acknowledge'>;

interface Write {
  readonly call: ParkingCall;
  /** `undefined`: the delivery fails. */
  readonly proceed: (next: ParkingState, answer: ParkingAnswer) => ParkingState | undefined;
}

/** The call of a phase, and how the delivery goes on after it. */
function writeOf(
  state: ParkingState,
  slot: RunnerSlot,
  { phase, door, round, to, knows: read }: Delivering & { readonly phase: Writing },
  rules: ParkingRules,
  go: Go,
): Write {
  const knows = read ?? nothing;
  const ifDone = (call: ParkingCall, goOn: (next: ParkingState) => ParkingState): Write => ({
    call,
    proceed: (next, answer) => (answer.kind === 'done' ? goOn(next) : undefined),
  });
  switch (phase) {
    case 'redrive':
      return { call: { kind: phase, round }, proceed: (next) => go(next, 'take') };
    case 'take':
      return { call: { kind: phase }, proceed: (next, answer) => afterTaking(next, answer, door, go) };
    case 'announce the call':
      return ifDone({ kind: phase }, (next) => go(next, 'call'));
    case 'finish':
      return ifDone({ kind: 'finish', as: 'done' }, (next) => go(next, 'acknowledge'));
    case 'skip':
      return ifDone({ kind: 'finish', as: 'skipped' }, (next) => go(judgeSkip(next, knows), 'acknowledge'));
    case 'release': {
      const number = isLane(to) ? rules.nextNumber(knows.parkings) : null;
      const mayHaveCalled = state.run?.owner === slot && state.run.mayHaveCalled;
      return ifDone({ kind: phase, mayHaveCalled, number }, (next) =>
        go(next, isLane(to) ? after(rules.park, 'release') : 'send'),
      );
    }
    case 'park': {
      const lane = isLane(to) ? to : 'trigger';
      const parking = { number: rules.nextNumber(knows.parkings), lane, round };
      // If it is refused, the run was parked again since: this is a late copy.
      return { call: { kind: phase, parking }, proceed: (next) => go(next, after(rules.park, 'park')) };
    }
    case 'send':
      return ifDone({ kind: phase, door: to === 'intake' ? 'intake' : 'ready', round }, (next) =>
        go(next, 'acknowledge'),
      );
  }
}

type Go = (next: ParkingState, phase: Phase, change?: Partial<Delivering>) => ParkingState;

/** A run at which another delivery works comes back through its queue. */
function afterTaking(next: ParkingState, answer: ParkingAnswer, door: Door, go: Go): ParkingState {
  switch (answer.kind) {
    case 'taken':
      return go(next, 'look', { knows: answer.knows });
    case 'busy':
      return go(next, 'send', { to: door });
    default:
      return go(next, 'acknowledge');
  }
}

interface Decided {
  readonly label: string;
  readonly phase: Phase;
  readonly change: Partial<Delivering>;
}

/** What can become of a run that was taken. For how long it waits, and where, depends on what the model leaves out. */
function* decisionsOf(
  state: ParkingState,
  delivering: Delivering,
  knows: Known,
  rules: ParkingRules,
): Generator<Decided> {
  const { door } = delivering;
  const isAsked = door === 'intake' || rules.asksAtSlot;
  if (knows.mayHaveCalled) {
    yield door === 'intake'
      ? letWait('ready', rules)
      : { label: 'has begun it', phase: 'recover', change: {} };
    return;
  }
  const why = isAsked ? whySkipped(state, delivering, knows, rules) : undefined;
  if (why !== undefined) {
    yield { label: `skips it: ${why}`, phase: 'skip', change: {} };
  } else if (isAsked && state.needsApproval && knows.decision !== 'approved') {
    yield letWait('approval', rules);
  } else {
    yield letWait('ready', rules);
    yield door === 'intake'
      ? letWait('intake', rules)
      : { label: 'begins it', phase: 'announce the call', change: {} };
    if (state.waits > 0) {
      yield letWait('trigger', rules);
    }
  }
}

function whySkipped(
  { end, cancel }: ParkingState,
  delivering: Delivering,
  { decision, round }: Known,
  rules: ParkingRules,
): string | undefined {
  if (end === 'reached') {
    return 'its time is over';
  }
  if (cancel === 'noted' && rules.roundOf(delivering.round, round) === 0) {
    return 'an event cancels it';
  }
  return decision === 'denied' || decision === 'cancelled' ? decision : undefined;
}

function letWait(to: Door | Lane, rules: ParkingRules): Decided {
  const phase = isLane(to) ? (rules.park[0] ?? 'release') : 'release';
  return { label: `lets it wait: ${to}`, phase, change: { to } };
}

/** Mavera is called once. */
function* callMavera(
  state: ParkingState,
  slot: RunnerSlot,
  { knows, isCancelled }: Delivering,
  go: Go,
  fail: (next: ParkingState) => ParkingState,
): Generator<Step> {
  const { round, mayHaveCalled } = knows ?? nothing;
  const label = `${slot}: calls Mavera`;
  const decision = state.run?.decision?.round === round ? state.run.decision.kind : null;
  const wrong =
    ((decision === 'denied' || decision === 'cancelled') &&
      `the run is called, but a person has ${decision} it`) ||
    (state.needsApproval && decision === null && 'the run is called without approval') ||
    (isCancelled && !mayHaveCalled && round === 0 && 'the run is called, but an event had cancelled it');
  const timesDone = state.timesDone.with(round, (state.timesDone[round] ?? 0) + 1);
  const worked: ParkingState = { ...state, timesDone, wrong: wrong === false ? null : wrong };
  yield { label, next: go(worked, 'finish') };
  yield* dying(state, `${label} and dies before`, fail);
  yield* dying(worked, `${label} and dies after`, fail);
  yield* trouble(worked, `${label}, whose answer is lost`, (next) => go(next, 'release', { to: 'ready' }));
}

function judgeSkip(state: ParkingState, { round, decision }: Known): ParkingState {
  if ((state.timesDone[round] ?? 0) > 0) {
    return { ...state, wrong: 'a run that was done is skipped' };
  }
  const isForReason =
    state.end === 'reached' || decision === 'denied' || decision === 'cancelled' || round === 0;
  return isForReason ? state : { ...state, wrong: 'a redriven run is skipped for an event before it' };
}

/** The next write after one of these, then the end of the delivery. */
function after(order: ParkingRules['park'], step: 'release' | 'park'): Phase {
  return order[order.indexOf(step) + 1] ?? 'acknowledge';
}

/** A wait of a run that could start as well costs one of those that may happen. */
function spendWait(state: ParkingState, to: Delivering['to'] | undefined): ParkingState {
  return to === 'trigger' ? { ...state, waits: state.waits - 1 } : state;
}

function isLane(to: Delivering['to']): to is Lane {
  return to === 'trigger' || to === 'approval';
}

/** The message comes back, unless the other runner still has it or has deleted it. */
function comeBack(state: ParkingState, slot: RunnerSlot): ParkingState {
  const delivering = state.runners[slot];
  const left = withoutCopy(withRunner(state, slot, null), slot, 'none');
  return delivering?.copy === 'none' ? sent(left, delivering.door, delivering.round) : left;
}

function acknowledge(state: ParkingState, slot: RunnerSlot): ParkingState {
  return withoutCopy(withRunner(state, slot, null), slot, 'deleted');
}

function withoutCopy(state: ParkingState, slot: RunnerSlot, copy: Delivering['copy']): ParkingState {
  const other = slot === 'runner 1' ? 'runner 2' : 'runner 1';
  const found = state.runners[other];
  return found?.copy === 'at the other runner' ? withRunner(state, other, { ...found, copy }) : state;
}

function withRunner(state: ParkingState, slot: RunnerSlot, delivering: Delivering | null): ParkingState {
  return { ...state, runners: { ...state.runners, [slot]: delivering } };
}
