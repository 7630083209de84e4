import { type CallRecord, callSentence } from '../access/callRecord.ts';
import type { Log } from './log.ts';

/** Logs the record of a call to an outside system as one line, whose message is the record as a sentence. */
export function logCall(log: Log, record: CallRecord): void {
  const { atMs: _, ...fields } = record;
  log.info(callSentence(record), fields, {
    values: { CallsRefused: record.phase === 'refused' ? 1 + (record.repeated ?? 0) : 0 },
  });
}
