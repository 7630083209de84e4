import { inflatedText } from './collectedEvents.ts';
import type { LedgerItem } from './ledgerTable.ts';
import { laneOfKey } from './parkedIndex.ts';

const keyPrefix = 'parked#';
/** Before the keys of the further parts of parked runs' messages. */
export const parkedPartPrefix = 'parkedPart#';

/** A run that waits in the ledger, without its message. */
export interface ParkedRun {
  /** 40 hex characters. */
  readonly runId: string;
  /** The name of its trigger, or a lane that all triggers share. */
  readonly lane: string;
  readonly trigger: string;
  /** Grows each time that the run is parked. */
  readonly number: number;
  /** Its place in the lane, in epoch milliseconds: the lowest comes first. */
  readonly orderMs: number;
  /** From then on the runner ends it, whatever it waits for. In epoch milliseconds. */
  readonly endsAtMs: number;
  /** What it is expected to cost. */
  readonly credits: number;
}

/** The queue message of a parked run, and the number of the parking that it belongs to. */
export interface ParkedMessage {
  readonly number: number;
  readonly body: string;
}

export function parkedKey(runId: string): string {
  return `${keyPrefix}${runId}`;
}

/** Key of a further part of a large message. The first part, number 1, is in the item itself. */
export function parkedPartKey(runId: string, parkingNumber: number, index: number): string {
  return `${parkedPartPrefix}${runId}-${parkingNumber}#${index + 2}`;
}

/** The id of the run that a {@link parkedPartKey} belongs to. */
export function runOfPartKey(pk: string): string {
  return pk.slice(parkedPartPrefix.length).split('-')[0] ?? '';
}

/** Reads a parked run from its item, or from its entry in the index. */
export function parkedRun(item: LedgerItem): ParkedRun {
  return {
    runId: item.pk?.S?.slice(keyPrefix.length) ?? '',
    lane: laneOfKey(item.lane?.S ?? ''),
    trigger: item.trigger?.S ?? '',
    number: Number(item.number?.N ?? 0),
    orderMs: Number(item.orderMs?.N ?? 0),
    endsAtMs: Number(item.endsAtMs?.N ?? 0),
    credits: Number(item.credits?.N ?? 0),
  };
}

/** Keys of the further parts of an item's message; none if the item has all of it. */
export function partKeysOf(item: LedgerItem): readonly string[] {
  const { runId, number } = parkedRun(item);
  const length = Number(item.furtherParts?.N ?? 0);
  return Array.from({ length }, (_none, index) => parkedPartKey(runId, number, index));
}

/**
 * Puts the message of a parked run together.
 *
 * @param parts by key
 * @returns `undefined` if a part is missing or damaged
 */
export function parkedMessage(
  item: LedgerItem,
  parts: ReadonlyMap<string, LedgerItem>,
): ParkedMessage | undefined {
  const first = item.message?.B;
  const keys = partKeysOf(item);
  const further = keys.flatMap((key) => parts.get(key)?.part?.B ?? []);
  if (first === undefined || further.length < keys.length) {
    return undefined;
  }
  try {
    return { number: parkedRun(item).number, body: inflatedText([first, ...further]) };
  } catch {
    return undefined;
  }
}
