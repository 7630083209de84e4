import { assign, type LedgerItem, type LedgerTable, number, text } from './ledgerTable.ts';
import { runKey } from './runLease.ts';

/** A delivery that reports a run's result, for as long as its call may take. */
export interface ReportLease {
  readonly runId: string;
  /** Random, one per delivery. */
  readonly owner: string;
}

/**
 * `begun`: this delivery may send, and nobody else does; `over`: there is nothing more to send; `busy`: another delivery
 * sends at the moment.
 */
export type BegunReport =
  | {
      readonly kind: 'begun';
      /** Calls before this one that SegOps may have taken. */
      readonly sendsBefore: number;
    }
  | { readonly kind: 'over' }
  | { readonly kind: 'busy'; readonly leaseUntilMs: number };

const isDone = '#state = :done';
const isFree = '(attribute_not_exists(#segopsReport) OR #segopsReport IN (:waiting, :failed))';
const leaseIsOver = '(#segopsReport = :sending AND #segopsReportUntilMs <= :now)';
const isMine = '(#segopsReport = :sending AND #segopsReportOwner = :owner)';

/**
 * What the run items note of reports to SegOps. SegOps cannot recognise repeats, so one delivery at a time sends a report,
 * and what has arrived is noted before the message is deleted. A call counts as one that may have arrived from before it is
 * made until its answer says that it did not: a crash in between hides no call.
 *
 * All methods throw what the AWS SDK throws when the ledger does not answer.
 */
export class SegopsReports {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /** Notes that a call is about to be made, unless the report has arrived or another delivery makes the call. */
  async begin({ runId, owner }: ReportLease, nowMs: number, leaseUntilMs: number): Promise<BegunReport> {
    const { assignments, values } = assign({
      segopsReport: text('sending'),
      segopsReportOwner: text(owner),
      segopsReportUntilMs: number(leaseUntilMs),
    });
    const { kind, item } = await this.#table.update(
      {
        pk: runKey(runId),
        change: `SET ${assignments}, #segopsReportSends = if_not_exists(#segopsReportSends, :none) + :one`,
        condition: `${isDone} AND (${isFree} OR ${leaseIsOver})`,
        values: {
          ...values,
          ':none': number(0),
          ':one': number(1),
          ':now': number(nowMs),
          ':done': text('done'),
          ':waiting': text('waiting'),
          ':failed': text('failed'),
          ':sending': text('sending'),
        },
      },
      { returns: 'ALL_OLD' },
    );
    return kind === 'written' ? { kind: 'begun', sendsBefore: sendsOf(item) } : notBegun(item, owner);
  }

  /** Notes that the call of this delivery has not brought the report to its end, and whether SegOps may have taken it. */
  async noteUnsent({ runId, owner }: ReportLease, mayHaveArrived: boolean): Promise<void> {
    const uncount = mayHaveArrived ? '' : ', #segopsReportSends = #segopsReportSends - :one';
    await this.#table.update({
      pk: runKey(runId),
      change: `SET #segopsReport = :waiting${uncount}`,
      condition: isMine,
      values: {
        ':owner': text(owner),
        ':sending': text('sending'),
        ':waiting': text('waiting'),
        ...(mayHaveArrived ? {} : { ':one': number(1) }),
      },
    });
  }

  /** Notes that the report has arrived, even if another delivery has begun to send it meanwhile. */
  async noteSent(runId: string, nowMs: number): Promise<void> {
    // A redrive removes the owner: the report of the new result has not arrived.
    await this.#table.update({
      pk: runKey(runId),
      change: 'SET #segopsReport = :sent, #segopsReportedAtMs = :now',
      condition: 'attribute_exists(#segopsReportOwner)',
      values: { ':sent': text('sent'), ':now': number(nowMs) },
    });
  }

  /** Notes that the report was dead-lettered, unless another delivery sends it or it has arrived. */
  async noteFailed(runId: string, nowMs: number): Promise<void> {
    await this.#table.update({
      pk: runKey(runId),
      change: 'SET #segopsReport = :failed, #segopsReportedAtMs = :now',
      condition: `${isDone} AND ${isFree}`,
      values: {
        ':done': text('done'),
        ':waiting': text('waiting'),
        ':failed': text('failed'),
        ':now': number(nowMs),
      },
    });
  }
}

function notBegun(item: LedgerItem, owner: string): BegunReport {
  if (item.segopsReport?.S !== 'sending') {
    return { kind: 'over' };
  }
  // An earlier attempt of this write had reached the ledger.
  return item.segopsReportOwner?.S === owner
    ? { kind: 'begun', sendsBefore: sendsOf(item) - 1 }
    : { kind: 'busy', leaseUntilMs: Number(item.segopsReportUntilMs?.N ?? 0) };
}

function sendsOf({ segopsReportSends }: LedgerItem): number {
  return Number(segopsReportSends?.N ?? 0);
}
