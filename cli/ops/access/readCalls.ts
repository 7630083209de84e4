import type { Logs } from '../deployment/logs.ts';
import { type CallEntry, readCallEntry } from './callEntry.ts';
import { type LogProgress, readLogEvents } from './readLogEvents.ts';

/** Which records of calls to read. */
export interface CallFilter {
  /** Epoch milliseconds, the first and the last one. */
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Name of a trigger, or an agent such as `trigger/churn-signal`. @default all agents */
  readonly agent?: string | undefined;
  /** Whether only refused calls are read. */
  readonly denied?: boolean | undefined;
}

/**
 * Reads the records of outside calls, oldest first.
 *
 * @throws what `readLogEvents` throws
 */
export async function* readCalls(
  logs: Logs,
  filter: CallFilter,
  onProgress?: (progress: LogProgress) => void,
): AsyncGenerator<CallEntry, void> {
  const agent = agentOf(filter.agent);
  const { sinceMs, untilMs, denied = false } = filter;
  const range = { sinceMs, untilMs, pattern: patternOf(agent, denied) };
  for await (const event of readLogEvents(logs, range, onProgress)) {
    const entry = readCallEntry(event);
    // The pattern is what makes the search cheap. What passes it is checked again.
    const isWanted =
      (agent === undefined || entry?.agent === agent) && (!denied || entry?.phase === 'refused');
    if (entry !== undefined && isWanted) {
      yield entry;
    }
  }
}

function agentOf(agent: string | undefined): string | undefined {
  return agent === undefined || agent.includes('/') ? agent : `trigger/${agent}`;
}

/** Source: Amazon CloudWatch Logs user guide, "Filter pattern syntax", JSON log events. */
function patternOf(agent: string | undefined, denied: boolean): string {
  const conditions = [
    '$.record = "call"',
    ...(agent === undefined ? [] : [`$.agent = "${agent}"`]),
    ...(denied ? ['$.phase = "refused"'] : []),
  ];
  return `{ ${conditions.join(' && ')} }`;
}
