import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { closeServer, listen } from '../../simulators/http/listen.ts';
import { readBody } from '../../simulators/http/readBody.ts';
import { InvalidPatternError, type LogTest, parseFilterPattern } from './filterPattern.ts';

/** A running CloudWatch Logs, in this process. */
export interface LogsServer {
  readonly endpoint: string;
  /** Makes a log group known, also before its first line. */
  addGroup(name: string): void;
  /** Keeps a line; of each group, the last lines are kept. */
  keep(group: string, text: string): void;
  stop(): Promise<void>;
}

/** The lines that are kept of each group. */
export const keptLines = 20_000;

/** The most lines of a page. Source: CloudWatch Logs API reference, "FilterLogEvents". */
const greatestPage = 10_000;

interface Line {
  /** From 1, in the order of arrival, over all groups. */
  readonly number: number;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly text: string;
}

const requestSchema = z.object({
  logGroupName: z.string(),
  startTime: z.number().default(0),
  endTime: z.number().default(Number.POSITIVE_INFINITY),
  filterPattern: z.string().default(''),
  nextToken: z
    .string()
    .regex(/^\d{1,15}$/)
    .default('0'),
  limit: z.int().min(1).max(greatestPage).default(greatestPage),
});

type LogsRequest = z.output<typeof requestSchema>;

/**
 * Starts a CloudWatch Logs in memory, which knows FilterLogEvents of one log group: by time and by a filter pattern, in
 * pages.
 *
 * @param now the clock
 */
export async function startLogs(now: () => number = Date.now): Promise<LogsServer> {
  const groups = new Map<string, Line[]>();
  let count = 0;
  const server = createServer((incoming, response) => {
    respond(groups, incoming, response).catch((error: unknown) => {
      send(response, 400, { __type: 'InvalidParameterException', message: String(error) });
    });
  });
  server.keepAliveTimeout = 0;
  const port = await listen(server, 0);
  const linesOf = (group: string): Line[] => {
    const lines = groups.get(group) ?? [];
    groups.set(group, lines);
    return lines;
  };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    addGroup: (name) => void linesOf(name),
    keep: (group, text) => {
      const lines = linesOf(group);
      count += 1;
      lines.push({ number: count, atMs: now(), text });
      // Now and then, and not at each line: moving them all takes time.
      if (lines.length >= 2 * keptLines) {
        lines.splice(0, lines.length - keptLines);
      }
    },
    stop: () => closeServer(server),
  };
}

async function respond(
  groups: ReadonlyMap<string, readonly Line[]>,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = [incoming.headers['x-amz-target']].flat()[0] ?? '';
  const body: unknown = JSON.parse((await readBody(incoming)).toString('utf8'));
  if (!target.endsWith('.FilterLogEvents')) {
    send(response, 400, {
      __type: 'UnknownOperationException',
      message: `The local system does not know ${target}.`,
    });
    return;
  }
  const request = requestSchema.parse(body);
  const lines = groups.get(request.logGroupName);
  if (lines === undefined) {
    const message = 'The specified log group does not exist.';
    send(response, 400, { __type: 'ResourceNotFoundException', message });
    return;
  }
  const test = testOf(request.filterPattern);
  if (typeof test === 'string') {
    send(response, 400, { __type: 'InvalidParameterException', message: test });
  } else {
    send(response, 200, filter(lines.slice(-keptLines), request, test));
  }
}

/** The test of a pattern, or why it is not one. */
function testOf(pattern: string): LogTest | string {
  try {
    return parseFilterPattern(pattern);
  } catch (error) {
    if (error instanceof InvalidPatternError) {
      return error.message;
    }
    throw error;
  }
}

/** A line keeps its number, so that a page never repeats or skips one. */
function filter(
  lines: readonly Line[],
  { startTime, endTime, limit, nextToken }: LogsRequest,
  test: LogTest,
): object {
  const found: Line[] = [];
  for (const line of lines) {
    const { number, atMs, text } = line;
    if (number > Number(nextToken) && atMs >= startTime && atMs <= endTime && test(text)) {
      found.push(line);
    }
    if (found.length > limit) {
      break;
    }
  }
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    events: page.map(({ number, atMs, text }) => ({
      eventId: String(number).padStart(20, '0'),
      ingestionTime: atMs,
      logStreamName: 'local',
      message: text,
      timestamp: atMs,
    })),
    searchedLogStreams: [],
    ...(found.length > limit && last !== undefined ? { nextToken: String(last.number) } : {}),
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() })
    .end(JSON.stringify(body));
}
