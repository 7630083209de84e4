import { type ClaimOutcome, claimOutcome, judgeClaim } from '../../../functions/ledger/claimState.ts';
import { judgeRun } from '../../../functions/ledger/runState.ts';
import {
  type Claim,
  type EventIndex,
  type LedgerCall,
  type Owner,
  type Run,
  type State,
  withAt,
} from './state.ts';

/** What a call did, and what its caller learns from the answer. */
export interface Done {
  readonly state: State;
  readonly answer:
    | ClaimOutcome
    | 'done'
    | 'refused'
    | 'taken'
    | 'taken, may have called'
    | 'finished'
    | 'busy';
}

const nowMs = 1_000;
const never = Number.MAX_SAFE_INTEGER;

/**
 * What ledger and queue do when a call reaches them. The receiver's and the runner's own functions decide which claim and
 * which run may be taken. Tests on the emulator show that DynamoDB's conditions decide the same.
 */
export function act(state: State, call: LedgerCall, event: EventIndex, owner: Owner): Done {
  switch (call) {
    case 'claim':
      return claim(state, event, owner);
    case 'send':
      return {
        state: { ...state, fresh: withAt(state.fresh, event, at(state.fresh, event) + 1) },
        answer: 'done',
      };
    case 'queue again':
      return {
        state: { ...state, cameBack: withAt(state.cameBack, event, at(state.cameBack, event) + 1) },
        answer: 'done',
      };
    case 'mark':
      // Nobody reads the lease of a queued claim. Without it, more states are equal.
      return changeClaim(state, event, owner, (found) => ({ ...found, state: 'queued', isLeased: false }));
    case 'give up':
      return changeClaim(state, event, owner, () => null);
    case 'take':
      return take(state, event, owner);
    case 'announce the call':
      return changeRun(state, event, owner, (found) =>
        found.isLeased ? { ...found, state: 'calling', mayHaveCalled: true } : undefined,
      );
    case 'finish':
      return changeRun(state, event, owner, (found) => ({
        ...found,
        state: 'done',
        isLeased: false,
        mayHaveCalled: false,
      }));
    case 'release, call over':
    case 'release, answer lost':
      return changeRun(state, event, owner, (found) => ({
        ...found,
        state: 'waiting',
        isLeased: false,
        mayHaveCalled: call === 'release, answer lost',
      }));
  }
}

function claim(state: State, event: EventIndex, owner: Owner): Done {
  const found = state.claims[event] ?? null;
  const verdict = found === null ? 'free' : judgeClaim(claimItem(found), owner, nowMs);
  if (verdict !== 'free') {
    return { state, answer: claimOutcome(verdict) };
  }
  const made: Claim = { state: 'claiming', owner, isLeased: true };
  return { state: { ...state, claims: withAt(state.claims, event, made) }, answer: 'claimed' };
}

function take(state: State, event: EventIndex, owner: Owner): Done {
  const found = state.runs[event] ?? null;
  const verdict = found === null ? 'free' : judgeRun(runOwnership(found), owner, nowMs);
  switch (verdict) {
    case 'finished':
    case 'busy':
      return { state, answer: verdict };
    case 'mine':
      return { state, answer: found?.mayHaveCalled === true ? 'taken, may have called' : 'taken' };
    case 'free': {
      const taken: Run = {
        state: found?.state ?? 'waiting',
        owner,
        isLeased: true,
        mayHaveCalled: found?.mayHaveCalled ?? false,
      };
      return {
        state: { ...state, runs: withAt(state.runs, event, taken) },
        answer: taken.mayHaveCalled ? 'taken, may have called' : 'taken',
      };
    }
  }
}

function changeClaim(
  state: State,
  event: EventIndex,
  owner: Owner,
  change: (found: Claim) => Claim | null,
): Done {
  const found = state.claims[event] ?? null;
  return found === null || found.owner !== owner
    ? { state, answer: 'refused' }
    : { state: { ...state, claims: withAt(state.claims, event, change(found)) }, answer: 'done' };
}

/** @param change `undefined`: the condition does not hold */
function changeRun(
  state: State,
  event: EventIndex,
  owner: Owner,
  change: (found: Run) => Run | undefined,
): Done {
  const found = state.runs[event] ?? null;
  const changed = found === null || found.owner !== owner ? undefined : change(found);
  return changed === undefined
    ? { state, answer: 'refused' }
    : { state: { ...state, runs: withAt(state.runs, event, changed) }, answer: 'done' };
}

function claimItem({ state, owner, isLeased }: Claim): Parameters<typeof judgeClaim>[0] {
  return { state, owner, leaseUntilMs: isLeased ? nowMs + 1 : nowMs, expiresAtSeconds: never };
}

function runOwnership({ state, owner, isLeased }: Run): Parameters<typeof judgeRun>[0] {
  return { state, owner, leaseUntilMs: isLeased ? nowMs + 1 : nowMs };
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}
