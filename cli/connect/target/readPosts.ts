import type { CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod';
import type { SourceName } from '../../../functions/sources/source.ts';

/** A request to the receiver, as its log tells of it. */
export interface ReceivedPost {
  readonly atMs: number;
  readonly status: number;
  /** Why it was refused. */
  readonly detail: string | undefined;
  readonly counts: Readonly<Record<'received' | 'queued' | 'duplicates' | 'ignored', number>>;
}

/** Reads the requests of a source since a time, oldest first. */
export type ReadPosts = (source: SourceName, sinceMs: number) => Promise<readonly ReceivedPost[]>;

const count = z.number().catch(0);
const lineSchema = z.object({
  status: z.number(),
  detail: z.string().optional(),
  received: count,
  queued: count,
  duplicates: count,
  ignored: count,
});

/** Makes a reader of the receiver's log group. */
export function postReader(config: CloudWatchLogsClientConfig, logGroupName: string): ReadPosts {
  return async (source, sinceMs) => {
    // Most commands do not need it.
    const { CloudWatchLogsClient, FilterLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
    const client = new CloudWatchLogsClient(config);
    const posts: ReceivedPost[] = [];
    try {
      let nextToken: string | undefined;
      do {
        const page = await client.send(
          new FilterLogEventsCommand({
            logGroupName,
            startTime: sinceMs,
            filterPattern: `{ $.message = "request" && $.source = "${source}" }`,
            nextToken,
          }),
        );
        posts.push(...(page.events ?? []).flatMap(({ timestamp, message }) => postOf(timestamp, message)));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
    } finally {
      client.destroy();
    }
    return posts.sort((one, other) => one.atMs - other.atMs);
  };
}

function postOf(atMs = 0, message = ''): readonly ReceivedPost[] {
  try {
    const { status, detail, ...counts } = lineSchema.parse(JSON.parse(message));
    return [{ atMs, status, detail, counts }];
  } catch {
    return [];
  }
}
