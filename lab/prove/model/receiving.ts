import { isToBeSent, mustBeRepeated } from '../../../functions/receive/receive.ts';
import { callLedger, type Transition } from './calls.ts';
import type { Done } from './ledgerCalls.ts';
import { endInvocation, type ReceiverSlot, type Receiving, type State, withAt } from './state.ts';

/** The sender sends some of its events, in one request, to a receiver that is free. */
export function* sendRequests(state: State, slot: ReceiverSlot): Generator<Transition> {
  for (const events of subsets(state.isDelivered.length)) {
    const delivered = events.filter((event) => state.isDelivered[event]).length;
    if (delivered > state.repeats) {
      continue;
    }
    const receiving: Receiving = { events, phase: 'claim', at: 0, outcomes: events.map(() => 'busy') };
    yield {
      label: `the sender sends ${events.join(' and ')} to ${slot}`,
      next: { ...withReceiver(state, slot, receiving), repeats: state.repeats - delivered },
      isRepeat: delivered > 0,
    };
  }
}

/** The next step of a request at a receiver. */
export function* receive(state: State, slot: ReceiverSlot, receiving: Receiving): Generator<Transition> {
  const { phase, at, events, outcomes } = receiving;
  if (phase === 'answer') {
    yield* answer(state, slot, receiving);
    return;
  }
  const event = events[at] ?? 0;
  const outcome = outcomes[at] ?? 'busy';
  const go = (next: State, changed: Receiving['outcomes'] = outcomes): State =>
    withReceiver(next, slot, advance({ ...receiving, outcomes: changed }));
  const die = (next: State): State => withReceiver(next, slot, null);
  if (phase === 'claim') {
    const proceed = (next: State, said: Done['answer'] | 'failed'): State =>
      go(next, withAt(outcomes, at, said === 'failed' ? 'unavailable' : (said as typeof outcome)));
    yield* callLedger(state, slot, 'claim', event, { proceed, die });
  } else if (phase === 'send') {
    const proceed = (next: State, said: Done['answer'] | 'failed'): State =>
      go(next, said === 'failed' ? withAt(outcomes, at, unsent(outcome)) : outcomes);
    yield* callLedger(state, slot, 'send', event, { proceed, die });
  } else {
    yield* callLedger(state, slot, outcome === 'claimed' ? 'mark' : 'give up', event, {
      proceed: (next) => go(next),
      die,
    });
  }
}

/** Without a claim there is nothing to release. */
function unsent(outcome: Receiving['outcomes'][number]): Receiving['outcomes'][number] {
  return outcome === 'claimed' ? 'unsent' : 'busy';
}

/** The next position with something to do. Each phase handles all events before the next phase begins. */
function advance(receiving: Receiving): Receiving {
  const phases = ['claim', 'send', 'close', 'answer'] as const;
  let { phase, at } = receiving;
  for (;;) {
    at += 1;
    if (at >= receiving.events.length) {
      phase = phases[phases.indexOf(phase) + 1] ?? 'answer';
      at = 0;
    }
    if (phase === 'answer' || hasWork(phase, receiving.outcomes[at])) {
      return { ...receiving, phase, at };
    }
  }
}

function hasWork(
  phase: 'claim' | 'send' | 'close',
  outcome: Receiving['outcomes'][number] | undefined,
): boolean {
  switch (phase) {
    case 'claim':
      return true;
    case 'send':
      return outcome !== undefined && outcome !== 'unsent' && isToBeSent(outcome);
    case 'close':
      return outcome === 'claimed' || outcome === 'unsent';
  }
}

function* answer(state: State, slot: ReceiverSlot, { events, outcomes }: Receiving): Generator<Transition> {
  const ended = endInvocation(withReceiver(state, slot, null), slot);
  const waiting = outcomes.filter((outcome) => outcome === 'busy');
  const unsentOnes = outcomes.filter((outcome) => outcome === 'unsent');
  if (mustBeRepeated({ busy: waiting as never[], unsent: unsentOnes as never[] })) {
    yield { label: `${slot}: answers 503`, next: ended };
    return;
  }
  const isDelivered = state.isDelivered.map((was, event) => was || events.includes(event));
  yield { label: `${slot}: answers 200`, next: { ...ended, isDelivered } };
  if (state.faults > 0 && !state.onlyDeaths) {
    yield { label: `${slot}: its 200 is lost`, next: { ...ended, faults: state.faults - 1 } };
  }
}

function withReceiver(state: State, slot: ReceiverSlot, receiving: Receiving | null): State {
  return { ...state, receivers: { ...state.receivers, [slot]: receiving } };
}

/** All subsets of a set of this size, without the empty one. */
function subsets(count: number): readonly (readonly number[])[] {
  return Array.from({ length: 2 ** count - 1 }, (_none, index) =>
    Array.from({ length: count }, (_nothing, place) => place).filter(
      (place) => ((index + 1) >> place) % 2 === 1,
    ),
  );
}
