import { FilterLogEventsCommand, type FilterLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import type { Logs } from '../deployment/logs.ts';
import { OperatorError } from '../operatorError.ts';

/** One line of a log. */
export interface LogEvent {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly message: string;
}

/** Which lines to read. */
export interface LogFilter {
  /** Epoch milliseconds, the first one. */
  readonly sinceMs: number;
  /** Epoch milliseconds, the last one. */
  readonly untilMs: number;
  /** In CloudWatch's syntax of filter patterns. */
  readonly pattern: string;
}

/** How far the reading is. */
export interface LogProgress {
  /** Lines found so far. */
  readonly found: number;
  /** Epoch milliseconds: all lines before this time have been read. */
  readonly readUntilMs: number;
}

/** CloudWatch promises no order beyond a page, so that each part of the time is read as a whole and sorted. */
const firstPartMs = 15 * 60_000;
/** The next part is longer if a part has fewer lines, and shorter if it has more. */
const fewLines = 1_000;
const manyLines = 10_000;

/**
 * Reads the lines of all log groups that pass a filter, in the order of their times.
 *
 * @param onProgress called after each page, also after an empty one: a search through many lines takes long
 * @throws OperatorError for a missing log group, and what the AWS SDK throws
 */
export async function* readLogEvents(
  logs: Logs,
  { sinceMs, untilMs, pattern }: LogFilter,
  onProgress: (progress: LogProgress) => void = () => undefined,
): AsyncGenerator<LogEvent, void> {
  let partMs = firstPartMs;
  let found = 0;
  for (let fromMs = sinceMs; fromMs <= untilMs; ) {
    const part = { sinceMs: fromMs, untilMs: Math.min(fromMs + partMs - 1, untilMs), pattern };
    const progress = (lines: number): void => {
      found += lines;
      onProgress({ found, readUntilMs: part.sinceMs });
    };
    const ofGroups = await Promise.all(logs.callGroups.map((group) => readPart(logs, group, part, progress)));
    const events = ofGroups.flat().sort((a, b) => a.atMs - b.atMs);
    yield* events;
    fromMs = part.untilMs + 1;
    partMs = nextPartMs(partMs, events.length);
  }
}

function nextPartMs(partMs: number, lines: number): number {
  if (lines < fewLines) {
    return partMs * 4;
  }
  return lines > manyLines ? Math.max(1, Math.floor(partMs / 4)) : partMs;
}

async function readPart(
  logs: Logs,
  group: string,
  filter: LogFilter,
  progress: (lines: number) => void,
): Promise<readonly LogEvent[]> {
  const all: LogEvent[] = [];
  let token: string | undefined;
  do {
    const { events = [], nextToken } = await readPage(logs, group, filter, token);
    progress(events.length);
    for (const { eventId = '', timestamp = 0, message = '' } of events) {
      all.push({ id: eventId, atMs: timestamp, message });
    }
    token = nextToken;
  } while (token !== undefined);
  return all;
}

async function readPage(
  logs: Logs,
  group: string,
  { sinceMs, untilMs, pattern }: LogFilter,
  token: string | undefined,
): Promise<FilterLogEventsCommandOutput> {
  const client = await logs.client();
  try {
    return await client.send(
      new FilterLogEventsCommand({
        logGroupName: group,
        startTime: sinceMs,
        endTime: untilMs,
        filterPattern: pattern,
        ...(token === undefined ? {} : { nextToken: token }),
      }),
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') {
      throw new OperatorError(
        `There is no log group ${group}. If somebody has deleted it, deploy the stack again to create it.`,
        { cause: error },
      );
    }
    throw error;
  }
}
