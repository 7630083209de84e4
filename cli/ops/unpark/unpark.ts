import { DispatcherState } from '../../../functions/ledger/dispatcherState.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { approvalLane } from '../../../functions/ledger/parkedIndex.ts';
import { ParkedRuns } from '../../../functions/ledger/parkedRuns.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Output } from '../output.ts';
import { countSelected, type LaneSelection, lanesOfTrigger } from '../parking/laneSelection.ts';
import { when } from '../runs/describeState.ts';
import { formatUnparked } from './formatUnparked.ts';
import { ParkingOff } from './parkingOff.ts';
import { formatProgress } from './unparkProgress.ts';
import { type Unparked, type UnparkOptions, unparkRuns } from './unparkRuns.ts';

const progressEveryMs = 5_000;

/** Which runs to put back, and how. */
export interface UnparkSelection {
  /** Absent: all triggers. */
  readonly trigger?: string | undefined;
  /** Whether runs that wait for approval are put back as well. */
  readonly unapproved: boolean;
  /** How long nothing is parked afterwards. */
  readonly forMs: number;
  /** `false`: only show how many there are. */
  readonly isSure: boolean;
  /** Ends the work early. */
  readonly signal: AbortSignal;
}

/** Puts parked runs back into the run queue, or shows how many there are. @returns whether all were put back */
export async function unpark(
  deployment: Deployment,
  { trigger, unapproved, forMs, isSure, signal }: UnparkSelection,
  output: Output,
): Promise<boolean> {
  const table = new LedgerTable(deployment.dynamodb, deployment.tableName);
  const parkedRuns = new ParkedRuns(table);
  const lanes =
    trigger === undefined ? (await parkedRuns.lanes()).map((lane) => ({ lane })) : lanesOfTrigger(trigger);
  const staying = unapproved ? [] : lanes.filter(({ lane }) => lane === approvalLane);
  const selected = lanes.filter((lane) => !staying.includes(lane));
  const waitForApproval = await countAll(parkedRuns, staying);
  if (waitForApproval > 0) {
    output.note(
      `${waitForApproval.toLocaleString('en')} runs wait for approval, and stay parked. --unapproved puts them back as well.`,
    );
  }
  if (!isSure) {
    preview(await countAll(parkedRuns, selected), waitForApproval, output);
    return false;
  }
  const parkingOff = new ParkingOff(new DispatcherState(table), forMs, Date.now);
  // Counted afterwards, so that nothing is parked behind the count.
  await parkingOff.renew();
  const beforeBatch = progressOf(await countAll(parkedRuns, selected), parkingOff, output);
  const unparked = await unparkRuns(deployment, parkedRuns, selected, { signal, beforeBatch });
  report(
    unparked,
    { waitForApproval, parkingOffUntilMs: await parkingOff.renew() },
    deployment.flags,
    output,
  );
  return unparked.isFinished && unparked.unreadable.size === 0 && unparked.refused.size === 0;
}

function preview(wouldPutBack: number, waitForApproval: number, output: Output): void {
  if (output.isJson) {
    output.document({ wouldPutBack, waitForApproval });
  } else {
    output.text(`${wouldPutBack.toLocaleString('en')} parked runs would be put back into the run queue.`);
  }
  output.note('Nothing was changed: add --yes to put them back.');
}

/** Tells the progress now and then, and keeps parking off for as long as the work takes. */
function progressOf(total: number, parkingOff: ParkingOff, output: Output): UnparkOptions['beforeBatch'] {
  const startedAtMs = Date.now();
  let toldAtMs = startedAtMs;
  return async (done) => {
    await parkingOff.renewInTime();
    if (Date.now() - toldAtMs >= progressEveryMs) {
      toldAtMs = Date.now();
      output.note(formatProgress({ done, total, elapsedMs: toldAtMs - startedAtMs }));
    }
  };
}

function report(
  unparked: Unparked,
  rest: { readonly waitForApproval: number; readonly parkingOffUntilMs: number },
  flags: string,
  output: Output,
): void {
  const { sent, unreadable, refused, isFinished } = unparked;
  if (output.isJson) {
    const notTaken = [...refused].map(([runId, why]) => ({ runId, why }));
    output.document({ putBack: sent, isFinished, unreadable: [...unreadable], notTaken, ...rest });
  } else {
    output.text(formatUnparked(unparked, flags));
  }
  const until = when(rest.parkingOffUntilMs, Date.now());
  output.note(
    `Nothing is parked until ${until}. To end this earlier: npm run ops -- unpark --resume${flags}`,
  );
}

async function countAll(parkedRuns: ParkedRuns, lanes: readonly LaneSelection[]): Promise<number> {
  let count = 0;
  for (const lane of lanes) {
    count += await countSelected(parkedRuns, lane);
  }
  return count;
}
