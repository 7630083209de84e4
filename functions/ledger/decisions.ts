import { type Decision, readDecision, type Verdict } from './decision.ts';
import { assign, type LedgerItem, type LedgerTable, number, text } from './ledgerTable.ts';
import { addToHistory, readHistory } from './runItem.ts';
import { runKey } from './runLease.ts';
import { toRunState } from './runState.ts';

/** Races lost against the run's own deliveries before the decision is refused. */
const maxTries = 5;

const isAsFound = '#state = :waiting AND #updatedAtMs = :found AND #leaseUntilMs = :foundLease';
const isThisParking = '#parkings = :parkings';
const wasNeverParked = 'attribute_not_exists(#parkings)';
const hasSentNothing = 'attribute_not_exists(#lostCallAtMs) AND attribute_not_exists(#pending)';

/** What is to be decided, about which parking. */
export interface DecideOptions {
  readonly decision: Verdict;
  /** Who decides. */
  readonly by: string;
  readonly nowMs: number;
  /** Number of the parking that the operator has seen; `undefined` for a run that was not parked then. */
  readonly parkings: number | undefined;
}

/**
 * `decided`: it is written; `unknown`: there is no such run; `parked_again`: the run was parked again since the operator
 * looked; `busy`: a delivery has its lease; `begun`: Mavera has its request; `collecting`: its event belongs to an open
 * collection; `not_asking`: it does not wait for approval; `ended`: it is over.
 */
export type DecideOutcome =
  | { readonly kind: 'decided' }
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'parked_again' | 'busy' | 'begun' | 'collecting' | 'not_asking' | 'ended';
      readonly state: string;
      /** Why it waits, or how it ended. */
      readonly reason: string | undefined;
    };

/**
 * The decisions of operators about runs that have not begun. A decision is written only while the run waits and no delivery
 * works on it. The run's next delivery obeys it.
 *
 * All methods throw what the AWS SDK throws when the ledger does not answer.
 */
export class Decisions {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /** Writes a decision, with an entry in the run's history. Repeating it changes nothing. */
  async decide(runId: string, options: DecideOptions): Promise<DecideOutcome> {
    for (let tries = 1; ; tries += 1) {
      const item = await this.#table.readOne(runKey(runId));
      if (item === undefined) {
        return { kind: 'unknown' };
      }
      const refusal = whyNot(item, options);
      if (refusal !== undefined) {
        return { kind: refusal, state: item.state?.S ?? '', reason: item.reason?.S };
      }
      if (isDecidedSo(item, options) || (await this.#write(runId, item, options))) {
        return { kind: 'decided' };
      }
      if (tries === maxTries) {
        return { kind: 'busy', state: item.state?.S ?? '', reason: item.reason?.S };
      }
    }
  }

  /** @returns whether the run was still as it was read */
  async #write(runId: string, item: LedgerItem, options: DecideOptions): Promise<boolean> {
    const { decision, by, nowMs } = options;
    const made: Decision = { decision, by, atMs: nowMs, redrive: item.redrive?.S };
    const history = addToHistory(readHistory(item.history?.S), { atMs: nowMs, what: decision, by });
    const { assignments, values } = assign({
      approval: text(JSON.stringify(made)),
      history: text(JSON.stringify(history)),
      // The message that is sent on must not wait until the time for which the run was parked.
      notBeforeMs: number(0),
    });
    const parkings = item.parkings?.N;
    const { kind } = await this.#table.update({
      pk: runKey(runId),
      change: `SET ${assignments}`,
      condition: [isAsFound, hasSentNothing, parkings === undefined ? wasNeverParked : isThisParking].join(
        ' AND ',
      ),
      values: {
        ...values,
        ':waiting': text('waiting'),
        ':found': number(Number(item.updatedAtMs?.N ?? 0)),
        ':foundLease': number(Number(item.leaseUntilMs?.N ?? 0)),
        ...(parkings === undefined ? {} : { ':parkings': number(Number(parkings)) }),
      },
    });
    return kind === 'written';
  }
}

type Refusal = Exclude<DecideOutcome['kind'], 'decided' | 'unknown'>;

/** Why a run cannot be decided about now; `undefined` if it can. */
function whyNot(item: LedgerItem, { decision, nowMs, parkings }: DecideOptions): Refusal | undefined {
  const state = toRunState(item.state?.S);
  if (state !== 'waiting' && state !== 'calling') {
    return 'ended';
  }
  if (item.lostCallAtMs !== undefined || item.pending !== undefined) {
    return 'begun';
  }
  if (state === 'calling' || Number(item.leaseUntilMs?.N ?? 0) > nowMs) {
    return 'busy';
  }
  if (item.collection !== undefined && item.collected === undefined) {
    return 'collecting';
  }
  if (decision !== 'cancelled' && item.reason?.S !== 'approval') {
    return 'not_asking';
  }
  return parkings !== undefined && Number(item.parkings?.N ?? 0) !== parkings ? 'parked_again' : undefined;
}

function isDecidedSo(item: LedgerItem, { decision }: DecideOptions): boolean {
  return readDecision(item.approval?.S, item.redrive?.S)?.decision === decision;
}
