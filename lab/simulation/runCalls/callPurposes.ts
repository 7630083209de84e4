import type { LedgerCall, RunNote } from './describeLedgerCall.ts';

/** What a call of the ledger is for. */
export interface CallPurpose {
  /** The call as the table names it. */
  readonly name: string;
  readonly isFor: string;
  /** What would be lost without it, or after a crash. */
  readonly without: string;
  readonly is: (call: LedgerCall) => boolean;
}

const on =
  (operation: string, item: string) =>
  (call: LedgerCall): boolean =>
    call.operation === operation && call.items[0] === item;

const noting =
  (...notes: readonly RunNote[]) =>
  (call: LedgerCall): boolean =>
    call.notes.join(' ') === notes.join(' ');

/** Every call of a run; each is described once. */
export const callPurposes: readonly CallPurpose[] = [
  {
    name: 'read `operator#settings`, `breaker#mavera`, `usage#mavera`, `pace#mavera`, `dispatcher`, and what else the run asks for',
    isFor: 'the gates: pauses, budgets, breaker, account, holds, calls under way, lanes with parked runs',
    without: 'a paused trigger would call, and a slot would be taken for a call that Mavera refuses',
    is: on('BatchGetItem', 'operator#settings'),
  },
  {
    name: 'update `run#…`: new, and waits',
    isFor:
      'makes the item of a run whose message comes for the first time; people see why and until when it waits',
    without: 'its next delivery would not know its history, nor the keys of its admission',
    is: noting('taken', 'waits'),
  },
  {
    name: 'update `run#…`: taken',
    isFor: 'the lease: one delivery works on the run; the answer has what earlier ones left',
    without: 'two copies of a message would both call Mavera; deliveries that die would not be counted',
    is: noting('taken'),
  },
  {
    name: 'update `cooldown#…`',
    isFor: 'one run for each key: until its deadline at admission, as configured from its call on',
    without: 'two runs of a key would both call',
    is: on('UpdateItem', 'cooldown#…'),
  },
  {
    name: 'update `pace#mavera`',
    isFor: 'a rate-limit slot that no other environment has',
    without: 'Mavera would answer 429',
    is: on('UpdateItem', 'pace#mavera'),
  },
  {
    name: 'update `run#…`: waits',
    isFor: 'gives the lease back; people see why and until when the run waits',
    without: 'the next delivery would find the run at work, and count this one as dead',
    is: noting('waits'),
  },
  {
    name: 'read `collection#…`',
    isFor: 'the collection as it is now',
    without: 'the condition of the next write would have nothing to compare',
    is: on('GetItem', 'collection#…'),
  },
  {
    name: 'transaction: `run#…` joins, `collection#…`, `collected#…`',
    isFor: 'the event is in one collection, and one run closes it',
    without: 'after a crash an event would be lost, or collected twice',
    is: noting('joins'),
  },
  {
    name: 'read `collected#…`',
    isFor: 'the events of the collection',
    without: 'the request could not be built',
    is: on('BatchGetItem', 'collected#…'),
  },
  {
    name: 'update `lanes`',
    isFor: 'the dispatcher knows the lane; once for each lane and environment',
    without: 'runs would stay parked',
    is: on('UpdateItem', 'lanes'),
  },
  {
    name: 'put `parked#…`',
    isFor: 'the message of a run that waits long',
    without: 'it would go round and round through SQS',
    is: on('PutItem', 'parked#…'),
  },
  {
    name: 'update `dispatcher`',
    isFor: 'admission knows that the lane has parked runs; when it was empty',
    without: 'a new run would overtake those that wait',
    is: on('UpdateItem', 'dispatcher'),
  },
  {
    name: 'update `cap#…`',
    isFor: 'a place among the calls that Mavera does at once, and its end with the duration of the call',
    without: 'Mavera would refuse calls; without the end, the place would be held for minutes',
    is: ({ operation, items }) => operation === 'UpdateItem' && items[0]?.startsWith('cap#') === true,
  },
  {
    name: 'put `details#…`',
    isFor: 'the events and the request, for people and for the search of a lost answer',
    without:
      'after a lost answer nobody could tell whether Mavera did the work: no run would be done once for certain',
    is: on('PutItem', 'details#…'),
  },
  {
    name: 'update `run#…`: calls',
    isFor: 'announces the call before it is made',
    without: 'a crash during the call would go unseen, and the work be done twice',
    is: noting('calls'),
  },
  {
    name: 'transaction: `run#…` calls, `budget#…`',
    isFor: 'the same, and reserves the credits of the call in each of its budgets',
    without: 'runs at work together would overspend; after a crash credits would be held for ever',
    is: noting('reserves', 'calls'),
  },
  {
    name: 'update `run#…`: ends',
    isFor: 'the result; from now on repeated messages do nothing',
    without: 'a repeated message would do the work again',
    is: noting('ends'),
  },
  {
    name: 'transaction: `run#…` ends, `budget#…` settles',
    isFor: 'the same, and what was reserved becomes what was spent',
    without: 'a crash in between would count the credits twice, or never',
    is: noting('settles', 'ends'),
  },
];
