import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { judgeRun, type RunRecord, toRunState } from './runRecord.ts';
import type { RunEnd, TakenRun } from './runTransitions.ts';

type Item = Readonly<Record<string, AttributeValue>>;

/** What the item of a run means to the delivery that was not let to take it. */
export function notTaken(item: Item, owner: string, nowMs: number): TakenRun {
  const found = runRecord(item);
  switch (judgeRun(found, owner, nowMs)) {
    case 'mine':
      return takenFrom(item);
    case 'finished':
      return { kind: 'finished', end: runEnd(item), finishedAtMs: Number(item.updatedAtMs?.N ?? 0) };
    default:
      return { kind: 'busy', leaseUntilMs: found.leaseUntilMs };
  }
}

/** What the item of a run, as it was before it was taken, means to the delivery that took it. */
export function takenFrom(item: Item): TakenRun {
  const { attempts, notBeforeMs, lostCallAtMs } = item;
  return {
    kind: 'taken',
    attempts: Number(attempts?.N ?? 0),
    notBeforeMs: Number(notBeforeMs?.N ?? 0),
    lostCallAtMs: lostCallAtMs?.N === undefined ? undefined : Number(lostCallAtMs.N),
  };
}

function runEnd(item: Item): RunEnd {
  const state = item.state?.S;
  return {
    state: state === 'done' || state === 'skipped' ? state : 'failed',
    reason: item.reason?.S,
    detail: item.detail?.S,
    creditsUsed: item.creditsUsed?.N === undefined ? undefined : Number(item.creditsUsed.N),
    result: item.result?.S,
  };
}

function runRecord(item: Item): RunRecord {
  return {
    state: toRunState(item.state?.S),
    owner: item.owner?.S ?? '',
    leaseUntilMs: Number(item.leaseUntilMs?.N ?? 0),
  };
}
