import * as z from 'zod';
import type { LogEvent } from './readLogEvents.ts';

/** What every record has. Its further members are passed on to programs as they are. */
const recordSchema = z.looseObject({
  record: z.literal('call'),
  phase: z.string(),
  agent: z.string(),
  operation: z.string(),
  runId: z.string().optional(),
  /** The sentence that the function has written. */
  message: z.string(),
});

/** Members of each log line that say nothing about the call. */
const ofLine: ReadonlySet<string> = new Set([
  'level',
  'time',
  'service',
  'requestId',
  '_aws',
  'record',
  'message',
]);

/** A record of an outside call, as its line in the log has it. */
export interface CallEntry {
  /** Id of its line. */
  readonly id: string;
  /** When its line was written, in epoch milliseconds. */
  readonly atMs: number;
  /** In plain English: who, what, where, the decision and the outcome. */
  readonly sentence: string;
  /** `begins`, `ended` or `refused`; a later version may know more. */
  readonly phase: string;
  readonly agent: string;
  readonly operation: string;
  readonly runId?: string | undefined;
  /** All members of the record: `functions/access/callRecord.ts`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads a line of a log; `undefined` if it is not a record of a call. */
export function readCallEntry({ id, atMs, message }: LogEvent): CallEntry | undefined {
  const parsed = recordSchema.safeParse(parseJson(message));
  if (!parsed.success) {
    return undefined;
  }
  const { message: sentence, phase, agent, operation, runId } = parsed.data;
  const fields = Object.fromEntries(Object.entries(parsed.data).filter(([name]) => !ofLine.has(name)));
  return { id, atMs, sentence, phase, agent, operation, runId, fields };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
