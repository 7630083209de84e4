import { createServer } from 'node:http';
import { closeServer, listen } from '../../../simulators/http/listen.ts';
import { readBody } from '../../../simulators/http/readBody.ts';

/** One line of a log group. */
export interface Line {
  readonly atMs: number;
  readonly message: string;
}

/** A request of the client. */
export interface FilterRequest {
  readonly logGroupName: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly filterPattern: string;
  readonly nextToken?: string;
}

/** A stand-in for `FilterLogEvents` of CloudWatch Logs. */
export interface LogsServer {
  readonly url: string;
  readonly requests: readonly FilterRequest[];
  /** Lines by log group. The server gives those of the time, in the order of this list, whatever the pattern says. */
  readonly groups: Map<string, Line[]>;
  /** Answers each request with this error, once it is set. */
  error?: string | undefined;
  stop(): Promise<void>;
}

/**
 * Starts the server.
 *
 * @param pageLines lines a page; every other page is empty, as CloudWatch's may be
 */
export async function startLogsServer(pageLines = 1_000): Promise<LogsServer> {
  const requests: FilterRequest[] = [];
  const groups = new Map<string, Line[]>();
  const server = createServer(async (incoming, response) => {
    const request = JSON.parse((await readBody(incoming)).toString()) as FilterRequest;
    requests.push(request);
    const lines = groups.get(request.logGroupName);
    const error = logs.error ?? (lines === undefined ? 'ResourceNotFoundException' : undefined);
    const body =
      error === undefined
        ? pageOf(lines ?? [], request, pageLines)
        : {
            __type: error,
            message: 'User: arn:aws:iam::1:user/x is not authorized to perform: logs:FilterLogEvents',
          };
    response.writeHead(error === undefined ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  });
  const logs: LogsServer = {
    url: `http://127.0.0.1:${await listen(server, 0)}`,
    requests,
    groups,
    stop: () => closeServer(server),
  };
  return logs;
}

function pageOf(
  lines: readonly Line[],
  { startTime, endTime, nextToken = '0' }: FilterRequest,
  pageLines: number,
) {
  const inTime = lines
    .map((line, index) => ({ ...line, index }))
    .filter(({ atMs }) => atMs >= startTime && atMs <= endTime);
  const page = Number(nextToken);
  const first = Math.floor(page / 2) * pageLines;
  const isEmpty = page % 2 === 0;
  const events = (isEmpty ? [] : inTime.slice(first, first + pageLines)).map(({ atMs, message, index }) => ({
    eventId: `${index}`,
    timestamp: atMs,
    message,
  }));
  const isLast = !isEmpty && first + pageLines >= inTime.length;
  return { events, ...(isLast || inTime.length === 0 ? {} : { nextToken: `${page + 1}` }) };
}
