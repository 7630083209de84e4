import { readFile } from 'node:fs/promises';
import type { SourceName } from '../../functions/sources/source.ts';

/** One post of SendGrid or SegOps, or of a forger. */
export interface OtherRequest {
  readonly source: Exclude<SourceName, 'segment'>;
  /** SendGrid posts several events, SegOps one. */
  readonly events: readonly object[];
  /** Signed by the one who the receiver knows. */
  readonly isGenuine: boolean;
}

/** The events of one post. */
export type Events = readonly Readonly<Record<string, unknown>>[];

/**
 * The posts of SendGrid and SegOps among the examples. SendGrid posts one of them twice, as its retries may. Of each source
 * there is a forged one.
 *
 * @param nowMs the events are moved in time so that they end here
 */
export async function otherRequests(nowMs: number): Promise<readonly OtherRequest[]> {
  const sendgrid = await otherPosts('sendgrid', 'examples/sendgrid/e-mails.ndjson', nowMs);
  const segops = await otherPosts('segops', 'examples/segops/segments.ndjson', nowMs);
  const repeated = sendgrid.slice(1, 2);
  return [
    ...[...sendgrid, ...repeated].map((events) => ({ source: 'sendgrid', events, isGenuine: true }) as const),
    ...segops.map((events) => ({ source: 'segops', events, isGenuine: true }) as const),
    { source: 'sendgrid', events: sendgrid[0] ?? [], isGenuine: false },
    { source: 'segops', events: segops[0] ?? [], isGenuine: false },
  ];
}

/** The posts of a file, one a line: the events of each. They are moved in time so that they end at a moment. */
export async function otherPosts(
  source: OtherRequest['source'],
  file: string,
  nowMs: number,
): Promise<readonly Events[]> {
  return shiftedPosts(await readLines(file), source, nowMs);
}

async function readLines(file: string): Promise<readonly Events[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => [JSON.parse(line)].flat());
}

/**
 * Moves the times of posts by the same span, so that the newest is a moment: epoch seconds of SendGrid, ISO 8601 of SegOps. What
 * is not a time stays as it is.
 */
export function shiftedPosts(
  posts: readonly Events[],
  source: OtherRequest['source'],
  nowMs: number,
): readonly Events[] {
  const member = source === 'sendgrid' ? 'timestamp' : 'computed_at';
  const times = posts.flat().map((event) => msOf(event[member]));
  const newestMs = Math.max(...times.filter((ms) => !Number.isNaN(ms)));
  if (!Number.isFinite(newestMs)) {
    return posts;
  }
  const spanSeconds = Math.floor((nowMs - newestMs) / 1000);
  return posts.map((events) =>
    events.map((event) => ({ ...event, ...movedTime(event, member, spanSeconds) })),
  );
}

function movedTime(
  event: Events[number],
  member: string,
  spanSeconds: number,
): Readonly<Record<string, unknown>> {
  const value = event[member];
  const ms = msOf(value);
  if (Number.isNaN(ms)) {
    return {};
  }
  const moved = new Date(ms + spanSeconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  return { [member]: typeof value === 'number' ? value + spanSeconds : moved };
}

function msOf(value: unknown): number {
  return typeof value === 'number'
    ? value * 1000
    : typeof value === 'string'
      ? Date.parse(value)
      : Number.NaN;
}
