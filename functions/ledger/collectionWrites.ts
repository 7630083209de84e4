import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { CollectionStep } from './collectionStep.ts';
import { assign, number, text } from './ledgerTable.ts';
import { leasedUpdate, type RunLease } from './runLease.ts';
import type { TransactionWrite } from './transact.ts';

const isNew = 'attribute_not_exists(pk)';
const isAsFound = '#collectionId = :foundId AND #count = :foundCount AND #state = :foundState';
const isOpenAsFound = '#collectionId = :id AND #count = :count AND #state = :open';
const hasNotJoined = 'attribute_not_exists(#collection)';

/** On the run: which collection it has joined, and how many events it has if the run closes it. */
export function membership(
  lease: RunLease,
  key: string,
  { id, count, closes }: CollectionStep,
): TransactionWrite {
  const set = assign({
    collection: text(id),
    collectionKey: text(key),
    collected: closes ? number(count) : undefined,
  });
  return { update: leasedUpdate(lease, { set, condition: hasNotJoined }) };
}

/**
 * On the collection: that runs have joined it as it was found.
 *
 * @param counted attributes of a collection that counts its events
 */
export function advance(
  { key, expiresAtSeconds }: { readonly key: string; readonly expiresAtSeconds: number },
  step: CollectionStep,
  counted: Readonly<Record<string, AttributeValue>> = {},
): TransactionWrite {
  const { assignments, values } = assign({
    ...counted,
    collectionId: text(step.id),
    count: number(step.count),
    bytes: number(step.bytes),
    closesAtMs: number(step.closesAtMs),
    state: text(step.closes ? 'closed' : 'open'),
    expiresAt: number(expiresAtSeconds),
  });
  const { id, count, isOpen } = step.before;
  const change = { pk: key, change: `SET ${assignments}` };
  if (id === undefined) {
    return { update: { ...change, condition: isNew, values } };
  }
  const found = {
    ':foundId': text(id),
    ':foundCount': number(count),
    ':foundState': text(isOpen ? 'open' : 'closed'),
  };
  return { update: { ...change, condition: isAsFound, values: { ...values, ...found } } };
}

export function closing(key: string, collection: string, count: number): TransactionWrite {
  return {
    update: {
      pk: key,
      change: 'SET #state = :closed',
      condition: isOpenAsFound,
      values: {
        ':id': text(collection),
        ':count': number(count),
        ':open': text('open'),
        ':closed': text('closed'),
      },
    },
  };
}

export function keep(
  pk: string,
  attributes: Readonly<Record<string, AttributeValue>>,
  expiresAtSeconds: number,
): TransactionWrite {
  const item = { pk: text(pk), ...attributes, expiresAt: number(expiresAtSeconds) };
  return { put: { item, condition: isNew } };
}

/**
 * What a run is to a collection. `opener`: it waits until the collection closes; `member`: its event is collected, and
 * another run does the work; `closer`: it has closed the collection and does the work for its `count` events; `lost`:
 * another delivery has the run's lease.
 */
export type CollectionPart =
  | { readonly kind: 'opener'; readonly closesAtMs: number }
  | { readonly kind: 'member' }
  | { readonly kind: 'closer'; readonly collection: string; readonly count: number }
  | { readonly kind: 'lost' };
