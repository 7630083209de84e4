import { approvalLane, notBeforeLane } from '../../../functions/ledger/parkedIndex.ts';

const shared: Readonly<Record<string, string>> = {
  [approvalLane]: 'waiting for approval',
  [notBeforeLane]: 'waiting for a known time',
};

/** A lane for people: its trigger, or what its runs wait for. */
export function laneName(lane: string): string {
  return shared[lane] ?? lane;
}
