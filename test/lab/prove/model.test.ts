import { describe, expect, it } from 'vitest';
import type { Transition } from '../../../lab/prove/model/calls.ts';
import { type Exploration, explore } from '../../../lab/prove/model/explore.ts';
import { promises } from '../../../lab/prove/model/model.ts';
import { initialState, type State } from '../../../lab/prove/model/state.ts';
import { transitions } from '../../../lab/prove/model/transitions.ts';

const oneFault = initialState({ events: 1, faults: 1, onlyDeaths: false, repeats: 0 });

/** Explores protocols that differ from ours in what can happen next. */
function exploreWith(
  change: (found: readonly Transition[], state: State) => readonly Transition[],
): Exploration {
  return explore(oneFault, (state) => change(transitions(state), state), promises);
}

describe('the model of the protocols', () => {
  it('the model of the protocols is explored to its end, and holds', () => {
    const found = explore(oneFault, transitions, promises);
    expect(found.violations).toEqual([]);
    expect(found.states).toBeGreaterThan(5_000);
  });

  it('the model finds that events would be lost if leases did not run out', () => {
    const { violations } = exploreWith((found) =>
      found.filter(({ label }) => !label.startsWith('the lease of')),
    );
    expect(violations[0]).toMatch(
      /^stuck for ever: the sender sends 0 to receiver 1 → receiver 1: claim 0 dies/,
    );
  });

  it('the model finds that work would be done twice if a lost answer were not recovered', () => {
    const { violations } = exploreWith((found, state) =>
      found.map((transition) =>
        transition.label.includes('recovers the work of 0')
          ? {
              ...transition,
              next: {
                ...state,
                runners: {
                  ...state.runners,
                  'runner 1': { event: 0, cameBack: true, phase: 'announce the call' },
                },
              } as State,
            }
          : transition,
      ),
    );
    expect(violations[0]).toMatch(/^event 0 is done twice: /);
  });

  it('the model finds that an event would be lost if a claim were final when it is made', () => {
    const { violations } = exploreWith((found) =>
      found.map((transition) => {
        const claims = transition.next.claims.map((claim) =>
          claim === null ? null : { ...claim, state: 'queued' as const, isLeased: false },
        );
        return { ...transition, next: { ...transition.next, claims } };
      }),
    );
    expect(violations[0]).toMatch(
      /^stuck for ever: the sender sends 0 to receiver 1 → receiver 1: claim 0 dies after/,
    );
  });
});
