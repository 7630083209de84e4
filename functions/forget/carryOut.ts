import { type ItemUpdate, type LedgerTable, number, text } from '../ledger/ledgerTable.ts';
import { SeenItems } from '../ledger/seenItems.ts';
import type { ForgetStep } from './planForget.ts';
import { removeParked } from './removeParked.ts';

/** Carries out one step. @returns `false` if the ledger has changed since it was read: the run has begun again */
export async function carryOut(table: LedgerTable, step: ForgetStep, nowMs: number): Promise<boolean> {
  if (step.kind === 'delete') {
    for (const pk of step.keys) {
      await table.delete({ pk });
    }
    return true;
  }
  if (step.kind === 'forget seen') {
    await new SeenItems(table).forget(step.pk, step.ids);
    return true;
  }
  if (step.kind !== 'strip details' && !(await removeParked(table, step, nowMs))) {
    return false;
  }
  const { kind } = await table.update(updateOf(step, nowMs));
  return kind === 'written';
}

/** What a run item holds of a user. */
const personal = '#userId, #messageId, #pulledItem, #result, #detail';
const hasEnded = '#state IN (:done, :failed, :skipped)';
const isIdle =
  '#state = :waiting AND (attribute_not_exists(#leaseUntilMs) OR #leaseUntilMs <= :now) ' +
  'AND attribute_not_exists(#creditsReserved) AND attribute_not_exists(#lostCallAtMs) ' +
  'AND attribute_not_exists(#pending) AND attribute_not_exists(#collection)';

function updateOf(
  step: Exclude<ForgetStep, { readonly kind: 'delete' | 'forget seen' }>,
  nowMs: number,
): ItemUpdate {
  const { pk } = step;
  switch (step.kind) {
    case 'strip details':
      return {
        pk,
        change: 'SET #events = :events REMOVE #request, #lookups',
        condition: 'attribute_exists(pk)',
        values: { ':events': text(step.events) },
      };
    case 'clear run':
      return {
        pk,
        change: `SET #forgottenAtMs = :now REMOVE ${step.isOwn ? personal : '#result, #detail'}`,
        condition: hasEnded,
        values: {
          ':now': number(nowMs),
          ':done': text('done'),
          ':failed': text('failed'),
          ':skipped': text('skipped'),
        },
      };
    case 'end run':
      return {
        pk,
        change:
          'SET #state = :skipped, #reason = :forgotten, #updatedAtMs = :now, #forgottenAtMs = :now ' +
          `REMOVE ${personal}, #notBeforeMs`,
        condition: isIdle,
        values: {
          ':skipped': text('skipped'),
          ':forgotten': text('forgotten'),
          ':now': number(nowMs),
          ':waiting': text('waiting'),
        },
      };
  }
}
