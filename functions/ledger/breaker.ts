import { exponentialBackoffMs } from '../backoff/exponentialBackoffMs.ts';
import { type ItemUpdate, type LedgerTable, number, text } from './ledgerTable.ts';
import { type BreakerState, breakerKey } from './sharedState.ts';

const isClosed = 'attribute_not_exists(openUntilMs)';
const isHalfOpen = 'openUntilMs <= :now';
const isProbedByRun = '#probe = :run';
const isProbedByNone = 'attribute_not_exists(#probe) OR probeUntilMs <= :now';

/** The breaker in front of Mavera, one for all environments. */
export class Breaker {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /**
   * Opens the breaker. While it is closed, any failed call opens it. While it is half open, only the failed call of the
   * probe does: other calls that were under way when it opened say nothing new.
   *
   * @param probe the run that has failed, if it is the probe
   * @returns whether this call has opened it
   */
  async open(
    reason: string,
    { opens }: BreakerState,
    nowMs: number,
    probe: string | undefined,
  ): Promise<boolean> {
    return await this.#update({
      change:
        'SET openUntilMs = :until, opens = :opens, openedAtMs = if_not_exists(openedAtMs, :now), ' +
        '#reason = :reason, failures = :none REMOVE #probe, probeUntilMs',
      condition: probe === undefined ? isClosed : isProbedByRun,
      values: {
        ':until': number(nowMs + openForMs(opens)),
        ':opens': number(opens + 1),
        ':now': number(nowMs),
        ':reason': text(reason),
        ':none': number(0),
        ...(probe === undefined ? {} : { ':run': text(probe) }),
      },
    });
  }

  /** Counts a failure. @returns how many in a row there are now */
  async countFailure(): Promise<number> {
    const count = { pk: breakerKey, change: 'ADD failures :one', values: { ':one': number(1) } };
    const { item } = await this.#table.update(count, { returns: 'UPDATED_NEW' });
    return Number(item.failures?.N ?? 0);
  }

  /** Makes a run the probe, once the breaker has been open long enough. @returns whether it is the probe */
  async probe(runId: string, nowMs: number, untilMs: number): Promise<boolean> {
    return await this.#update({
      change: 'SET #probe = :run, probeUntilMs = :until',
      condition: `${isHalfOpen} AND (${isProbedByNone} OR ${isProbedByRun})`,
      values: { ':run': text(runId), ':until': number(untilMs), ':now': number(nowMs) },
    });
  }

  /** Lets another run be the probe, because this one learnt nothing. */
  async endProbe(runId: string): Promise<void> {
    await this.#update({
      change: 'REMOVE #probe, probeUntilMs',
      condition: isProbedByRun,
      values: { ':run': text(runId) },
    });
  }

  /** Closes it, because Mavera has answered the probe. @returns whether this run was still the probe */
  async close(runId: string): Promise<boolean> {
    return await this.#update({
      change: 'SET failures = :none REMOVE openUntilMs, openedAtMs, opens, #reason, #probe, probeUntilMs',
      condition: isProbedByRun,
      values: { ':run': text(runId), ':none': number(0) },
    });
  }

  /** Forgets the failures before a success, while it is closed. */
  async forgetFailures(): Promise<void> {
    await this.#update({
      change: 'SET failures = :none',
      condition: isClosed,
      values: { ':none': number(0) },
    });
  }

  /** @returns whether the condition held */
  async #update(update: Omit<ItemUpdate, 'pk'>): Promise<boolean> {
    return (await this.#table.update({ pk: breakerKey, ...update })).kind === 'written';
  }
}

/** How long it opens: 30 s the first time, 15 minutes at most. */
const openTimes = { firstMs: 30_000, longestMs: 15 * 60_000 };

/** How long it opens after so many times in a row. */
export function openForMs(opensBefore: number): number {
  return exponentialBackoffMs({ ...openTimes, times: opensBefore });
}
