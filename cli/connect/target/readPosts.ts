import * as z from 'zod';
import type { SourceName } from '../../../functions/sources/source.ts';
import { type LogEvent, readLogEvents } from '../../ops/access/readLogEvents.ts';
import type { Logs } from '../../ops/deployment/logs.ts';

/** A request to the receiver, as its log tells of it. */
export interface ReceivedPost {
  readonly atMs: number;
  readonly route: string;
  readonly status: number;
  /** Why it was refused. */
  readonly detail: string | undefined;
  readonly counts: Readonly<Record<'received' | 'queued' | 'duplicates' | 'ignored', number>>;
}

/** Reads the requests of a source since a time, oldest first. */
export type ReadPosts = (source: SourceName, sinceMs: number) => Promise<readonly ReceivedPost[]>;

const count = z.number().catch(0);
const lineSchema = z.object({
  route: z.string().catch('default'),
  status: z.number(),
  detail: z.string().optional(),
  received: count,
  queued: count,
  duplicates: count,
  ignored: count,
});

/** The clocks of the receiver may be ahead by this. */
const aheadMs = 60_000;

/** Makes a reader of the receiver's log. */
export function postReader(logs: Logs): ReadPosts {
  return async (source, sinceMs) => {
    const pattern = `{ $.message = "request" && $.source = "${source}" }`;
    const posts: ReceivedPost[] = [];
    for await (const event of readLogEvents(logs, { sinceMs, untilMs: Date.now() + aheadMs, pattern })) {
      posts.push(...postOf(event));
    }
    return posts;
  };
}

function postOf({ atMs, message }: LogEvent): readonly ReceivedPost[] {
  try {
    const { route, status, detail, ...counts } = lineSchema.parse(JSON.parse(message));
    return [{ atMs, route, status, detail, counts }];
  } catch {
    return [];
  }
}

/** What the receiver answered, in a sentence. */
export function explainedPost({ status, detail }: ReceivedPost): string {
  return `The receiver answered ${status}${detail === undefined ? '' : `: ${detail.replace(/\.$/, '')}`}.`;
}
