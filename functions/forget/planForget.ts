import type { LedgerItem } from '../ledger/ledgerTable.ts';
import { runKey } from '../ledger/runLease.ts';
import type { ForgottenUsers } from './forgottenUsers.ts';
import type { OpenPull } from './pullStates.ts';
import type { FoundEvent, UserData } from './userData.ts';

/** What items that are deleted hold. */
export type DeletedItems = 'details' | 'collected' | 'lookup' | 'torn part';

/** One change of the ledger. All parts of a large event are one: some of them would not say whose event it was. */
export type ForgetStep = { readonly users: readonly string[] } & (
  | { readonly kind: 'delete'; readonly what: DeletedItems; readonly keys: readonly string[] }
  /** Removes items of users from those that a pull has seen. */
  | { readonly kind: 'forget seen'; readonly pk: string; readonly ids: readonly string[] }
  /** Keeps the events of others. The request goes: it was built from all of them. */
  | { readonly kind: 'strip details'; readonly pk: string; readonly events: string }
  /** Removes ids, result and sentences of a run that has ended. The rest stays, so that the run is not made again. */
  | ({ readonly kind: 'clear run'; readonly isOwn: boolean } & RunItems)
  /** Ends a run that waits, so that Mavera is not called for it. */
  | ({ readonly kind: 'end run' } & RunItems)
);

/** A run item, and what else holds its message. If the run is parked, the parked item goes with it. */
interface RunItems {
  readonly pk: string;
  /** Keys of the parts of its parked message. */
  readonly parkedParts: readonly string[];
}

/** A run that cannot be ended from outside: it is at work, or has credits or work at Mavera. */
export interface OpenRun {
  readonly runId: string;
  readonly users: readonly string[];
}

/** What to change, and what has to wait. */
export interface ForgetPlan {
  readonly steps: readonly ForgetStep[];
  readonly open: readonly OpenRun[];
}

/** The users whose data is not all gone, because of these runs and pulls. */
export function usersWhoWait({
  open,
  pulls,
}: {
  readonly open: readonly OpenRun[];
  readonly pulls: readonly OpenPull[];
}): ReadonlySet<string> {
  return new Set([...open, ...pulls].flatMap(({ users }) => users));
}

/**
 * Plans what to remove. The items that find others come last, so that an interruption hides nothing: the run items of the
 * users, and the details of runs of others.
 *
 * @param data what the ledger has of the users
 */
export function planForget(users: ForgottenUsers, data: UserData, nowMs: number): ForgetPlan {
  const steps: ForgetStep[] = [];
  const lastSteps: ForgetStep[] = [];
  const open: OpenRun[] = [];
  // First: what was queued of the items, and their runs, find them.
  for (const [pk, ofUsers] of data.seen) {
    steps.push({ kind: 'forget seen', pk, ids: [...ofUsers.keys()], users: [...new Set(ofUsers.values())] });
  }
  for (const { keys, user } of data.collected) {
    steps.push({ kind: 'delete', what: 'collected', keys, users: user === undefined ? [] : [user] });
  }
  for (const [pk, user] of data.lookups) {
    steps.push({ kind: 'delete', what: 'lookup', keys: [pk], users: [user] });
  }
  for (const [pk, user] of data.tornParts) {
    steps.push({ kind: 'delete', what: 'torn part', keys: [pk], users: [user] });
  }
  for (const runId of new Set([...data.runs.keys(), ...data.details.keys()])) {
    const run = data.runs.get(runId);
    const events = data.details.get(runId) ?? [];
    const own = users.idOf(run?.userId?.S);
    const concerned = [...new Set([own, ...events.map(({ user }) => user)])].filter((id) => id !== undefined);
    const isIdle = own !== undefined && run !== undefined && isOpen(run) && canBeEnded(run, nowMs);
    if (run !== undefined && isOpen(run) && !isIdle) {
      open.push({ runId, users: concerned });
      continue;
    }
    const items = { pk: runKey(runId), parkedParts: data.parkedParts.get(runId) ?? [] };
    const [first, ...last] = stepsOfRun({ items, run, own, isIdle }, detailsStep(runId, events, concerned));
    steps.push(first);
    lastSteps.push(...last);
  }
  return { steps: [...steps, ...lastSteps], open };
}

interface RunToForget {
  readonly items: RunItems;
  readonly run: LedgerItem | undefined;
  /** The forgotten user whose run it is; `undefined` for a run of another. */
  readonly own: string | undefined;
  readonly isIdle: boolean;
}

/** The steps for a run and its details. The last is for the item that finds the other one. */
function stepsOfRun(
  { items, run, own, isIdle }: RunToForget,
  ofDetails: ForgetStep,
): readonly [ForgetStep, ...ForgetStep[]] {
  if (run === undefined) {
    return [ofDetails];
  }
  const { users } = ofDetails;
  if (own === undefined) {
    return [{ kind: 'clear run', ...items, users, isOwn: false }, ofDetails];
  }
  return [
    ofDetails,
    isIdle ? { kind: 'end run', ...items, users } : { kind: 'clear run', ...items, users, isOwn: true },
  ];
}

function detailsStep(runId: string, events: readonly FoundEvent[], users: readonly string[]): ForgetStep {
  const pk = `details#${runId}`;
  const ofOthers = events.filter(({ user }) => user === undefined).map(({ event }) => event);
  return ofOthers.length === 0
    ? { kind: 'delete', what: 'details', keys: [pk], users }
    : { kind: 'strip details', pk, events: JSON.stringify(ofOthers), users };
}

/** Whether a run has not ended. */
export function isOpen({ state }: LedgerItem): boolean {
  return state?.S === 'waiting' || state?.S === 'calling';
}

/** Nobody works on it, and nothing has to be settled. A collection that it has joined may hold events of others. */
export function canBeEnded(run: LedgerItem, nowMs: number): boolean {
  const toSettle = ['creditsReserved', 'lostCallAtMs', 'pending', 'collection'];
  return (
    run.state?.S === 'waiting' &&
    Number(run.leaseUntilMs?.N ?? 0) <= nowMs &&
    toSettle.every((name) => run[name] === undefined)
  );
}
