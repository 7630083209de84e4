import type { Measurements } from '../measure/measurements.ts';
import { type Figures, type Row, row } from './row.ts';
import { coldRows } from './rows/coldRows.ts';
import { contactsRows } from './rows/contactsRows.ts';
import { costRows } from './rows/costRows.ts';
import { callRows, cpuRows, throughputRows } from './rows/eventRows.ts';
import { largestRows } from './rows/largestRows.ts';
import { latencyRows } from './rows/latencyRows.ts';
import { ledgerRows } from './rows/ledgerRows.ts';
import { overlapRows } from './rows/overlapRows.ts';
import { paceRows } from './rows/paceRows.ts';
import { fairnessRows, firstCallRows, parkingCostRows, parkingRows } from './rows/parkingRows.ts';
import { startRows } from './rows/startRows.ts';

/** The parts of the report. */
export type SectionName =
  | 'start'
  | 'cold'
  | 'cpu'
  | 'calls'
  | 'throughput'
  | 'latency'
  | 'largest'
  | 'cost'
  | 'ledger'
  | 'pace'
  | 'parking'
  | 'fairness'
  | 'admission'
  | 'bill'
  | 'overlap'
  | 'contacts';

/** The rows of each part with their limits; a part that was not measured has none. */
export function sections(measured: Partial<Measurements>): Readonly<Record<SectionName, readonly Row[]>> {
  const { start, cold, events, latency, largest, ledger, pace, overlap, contacts } = measured;
  const { parking, fairness, admission, bill } = measured;
  return {
    start: rowsOf(start, startRows),
    cold: rowsOf(cold, coldRows),
    cpu: rowsOf(events, cpuRows),
    calls: rowsOf(events, callRows),
    throughput: rowsOf(events, throughputRows),
    latency: rowsOf(latency, latencyRows),
    largest: rowsOf(largest, largestRows),
    cost: rowsOf(events, costRows),
    ledger: rowsOf(ledger, ledgerRows),
    pace: rowsOf(pace, paceRows),
    parking: rowsOf(parking, parkingRows),
    fairness: rowsOf(fairness, fairnessRows),
    admission: rowsOf(admission, firstCallRows),
    bill: rowsOf(bill, parkingCostRows),
    overlap: rowsOf(overlap, overlapRows),
    contacts: rowsOf(contacts, contactsRows),
  };
}

/** The whole report in order. */
export function rows(measured: Partial<Measurements>): readonly Row[] {
  return Object.values(sections(measured)).flat();
}

function rowsOf<Measured>(
  measured: Measured | undefined,
  figures: (measured: Measured) => readonly Figures[],
): readonly Row[] {
  return measured === undefined ? [] : figures(measured).map(row);
}
