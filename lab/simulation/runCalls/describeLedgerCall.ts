import {
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  type Update,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { LabError } from '../../labError.ts';

/** What a call of the ledger does, without the ids of its run. */
export interface LedgerCall {
  /** As IAM has it, e.g. `UpdateItem`. */
  readonly operation: string;
  /** What it reads or writes, e.g. `run#…`. */
  readonly items: readonly string[];
  /** What it notes in the run's item, in words of {@link notes}; empty if it does not write that item. */
  readonly notes: readonly RunNote[];
}

/** What a write notes in a run's item. */
export type RunNote = 'taken' | 'waits' | 'calls' | 'reserves' | 'settles' | 'joins' | 'ends';

/** How each of them is told by a write's update expression, and by the state that it sets. */
const notes: Readonly<Record<RunNote, (change: string, state: string | undefined) => boolean>> = {
  taken: (change) => change.includes('#owner = :owner'),
  waits: (change, state) => state === 'waiting' && !change.includes('if_not_exists(#state'),
  joins: (change) => change.includes('#collection = :collection'),
  reserves: (change) => change.includes('#creditsReserved = :creditsReserved'),
  calls: (_change, state) => state === 'calling',
  settles: (change) => /REMOVE .*#creditsReserved/.test(change),
  ends: (_change, state) => state !== undefined && ['done', 'failed', 'skipped'].includes(state),
};

/** @throws LabError for a command that the ledger is not known to send */
export function describeLedgerCall(command: object): LedgerCall {
  const plain = { notes: [] };
  if (command instanceof BatchGetItemCommand) {
    const keys = Object.values(command.input.RequestItems ?? {}).flatMap(({ Keys = [] }) => Keys);
    return { ...plain, operation: 'BatchGetItem', items: keys.map(({ pk }) => plainKey(pk?.S)) };
  }
  if (command instanceof GetItemCommand) {
    return { ...plain, operation: 'GetItem', items: [plainKey(command.input.Key?.pk?.S)] };
  }
  if (command instanceof PutItemCommand) {
    return { ...plain, operation: 'PutItem', items: [plainKey(command.input.Item?.pk?.S)] };
  }
  if (command instanceof DeleteItemCommand) {
    return { ...plain, operation: 'DeleteItem', items: [plainKey(command.input.Key?.pk?.S)] };
  }
  if (command instanceof UpdateItemCommand) {
    const { Key, UpdateExpression = '', ...rest } = command.input;
    const update = { ...rest, Key: Key ?? {}, UpdateExpression };
    return { operation: 'UpdateItem', items: [plainKey(Key?.pk?.S)], notes: notesOf(update) };
  }
  if (command instanceof TransactWriteItemsCommand) {
    const writes = command.input.TransactItems ?? [];
    return {
      operation: 'TransactWriteItems',
      items: writes.map(({ Update, Put }) => plainKey((Update?.Key?.pk ?? Put?.Item?.pk)?.S)),
      notes: writes.flatMap(({ Update }) => (Update === undefined ? [] : notesOf(Update))),
    };
  }
  throw new LabError(`The calls of a run are not told about ${command.constructor.name}: add it`);
}

function notesOf({
  Key,
  UpdateExpression = '',
  ExpressionAttributeValues,
}: Pick<Update, 'Key' | 'UpdateExpression' | 'ExpressionAttributeValues'>): readonly RunNote[] {
  const state = ExpressionAttributeValues?.[':state']?.S;
  return plainKey(Key?.pk?.S) === 'run#…'
    ? (Object.keys(notes) as RunNote[]).filter((note) => notes[note](UpdateExpression, state))
    : [];
}

/** Items that all runs share; the keys of others have an id. */
const sharedItems = ['pace#mavera', 'breaker#mavera', 'usage#mavera', 'operator#settings'];

function plainKey(pk = ''): string {
  return sharedItems.includes(pk) || pk.startsWith('cap#') ? pk : pk.replace(/#.*/, '#…');
}
