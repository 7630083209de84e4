import { decideRetry } from '../../../functions/run/retryDecision.ts';
import { callLedger, type Transition } from './calls.ts';
import type { Done } from './ledgerCalls.ts';
import {
  type Delivering,
  type EventIndex,
  endInvocation,
  type RunnerSlot,
  type State,
  withAt,
} from './state.ts';

/** SQS hands a message to a runner that is free. */
export function* deliverMessages(state: State, slot: RunnerSlot): Generator<Transition> {
  for (const event of state.fresh.keys()) {
    for (const kind of ['fresh', 'cameBack'] as const) {
      const count = state[kind][event] ?? 0;
      if (count > 0) {
        const delivering: Delivering = { event, cameBack: kind === 'cameBack', phase: 'take' };
        yield {
          label: `SQS delivers ${event} to ${slot}`,
          next: withRunner({ ...state, [kind]: withAt(state[kind], event, count - 1) }, slot, delivering),
        };
      }
    }
  }
}

/** The next step of a delivery. */
export function* deliver(state: State, slot: RunnerSlot, delivering: Delivering): Generator<Transition> {
  const { event, phase, cameBack } = delivering;
  const go = (next: State, to: Delivering['phase']): State =>
    withRunner(next, slot, { ...delivering, phase: to });
  /** The message comes back: nobody has acknowledged it. */
  const comeBack = (next: State): State =>
    withRunner(
      { ...next, cameBack: withAt(next.cameBack, event, (next.cameBack[event] ?? 0) + 1) },
      slot,
      null,
    );
  const fail = (next: State): State => endInvocation(comeBack(next), slot);
  const owned = (to: Delivering['phase']) => ({
    proceed: (next: State, answer: Done['answer'] | 'failed'): State =>
      answer === 'done' ? go(next, to) : fail(next),
    die: comeBack,
  });
  switch (phase) {
    case 'take': {
      const proceed = (next: State, answer: Done['answer'] | 'failed'): State => {
        switch (answer) {
          case 'taken':
            return go(next, 'announce the call');
          case 'taken, may have called':
            return go(next, 'recover');
          case 'busy':
            return go(next, 'queue again');
          case 'finished':
            return go(next, cameBack ? 'publish' : 'acknowledge');
          default:
            return fail(next);
        }
      };
      yield* callLedger(state, slot, 'take', event, { proceed, die: comeBack });
      break;
    }
    case 'recover':
      yield {
        label: `${slot}: recovers the work of ${event}`,
        next: go(state, timesDone(state, event) > 0 ? 'finish' : 'announce the call'),
      };
      yield* trouble(state, `${slot}: cannot recover the work of ${event}`, (next) =>
        go(next, 'release, answer lost'),
      );
      yield* death(state, `${slot}: dies looking for the work of ${event}`, fail);
      break;
    case 'announce the call':
      yield* callLedger(state, slot, phase, event, owned('call'));
      break;
    case 'call':
      yield* callMavera(state, slot, event, go, fail);
      break;
    case 'finish':
      yield* callLedger(state, slot, phase, event, owned('publish'));
      break;
    case 'release, call over':
    case 'release, answer lost':
      yield* callLedger(state, slot, phase, event, owned('queue again'));
      break;
    case 'queue again':
      yield* callLedger(state, slot, phase, event, owned('acknowledge'));
      break;
    case 'publish': {
      const published = { ...state, isPublished: withAt(state.isPublished, event, true) };
      yield { label: `${slot}: publishes ${event}`, next: go(published, 'acknowledge') };
      yield* death(state, `${slot}: dies before it publishes ${event}`, fail);
      yield* death(published, `${slot}: dies after it has published ${event}`, fail);
      break;
    }
    case 'acknowledge':
      yield {
        label: `${slot}: acknowledges ${event}`,
        next: endInvocation(withRunner(state, slot, null), slot),
      };
      yield* death(state, `${slot}: dies before it acknowledges ${event}`, fail);
      break;
  }
}

type Go = (next: State, to: Delivering['phase']) => State;

/** Mavera is called once. Then the runner's own code decides about the run. */
function* callMavera(
  state: State,
  slot: RunnerSlot,
  event: EventIndex,
  go: Go,
  fail: (next: State) => State,
): Generator<Transition> {
  const label = `${slot}: calls Mavera for ${event}`;
  const worked = { ...state, timesDone: withAt(state.timesDone, event, timesDone(state, event) + 1) };
  yield { label, next: go(worked, 'finish') };
  yield* death(state, `${label} and dies before`, fail);
  yield* death(worked, `${label} and dies after`, fail);
  const decision = decideRetry(
    { kind: 'lost', detail: '' },
    { attempts: 1, maxAttempts: 8, random: () => 0 },
  );
  if (decision.kind === 'wait') {
    yield* trouble(state, `${label}, which hears nothing of it`, (next) => go(next, 'release, answer lost'));
    yield* trouble(worked, `${label}, whose answer is lost`, (next) => go(next, 'release, answer lost'));
  }
  yield* trouble(state, `${label}, which refuses`, (next) => go(next, 'release, call over'));
}

/** A fault that does not end the invocation, if one may still happen. */
function* trouble(state: State, label: string, then: (next: State) => State): Generator<Transition> {
  if (!state.onlyDeaths) {
    yield* death(state, label, then);
  }
}

/** The death of the invocation, if it may still happen. */
function* death(state: State, label: string, then: (next: State) => State): Generator<Transition> {
  if (state.faults > 0) {
    yield { label, next: then({ ...state, faults: state.faults - 1 }) };
  }
}

function withRunner(state: State, slot: RunnerSlot, delivering: Delivering | null): State {
  return { ...state, runners: { ...state.runners, [slot]: delivering } };
}

function timesDone(state: State, event: EventIndex): number {
  return state.timesDone[event] ?? 0;
}
