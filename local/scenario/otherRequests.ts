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

type Events = readonly Readonly<Record<string, unknown>>[];

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
  return shifted(await readLines(file), source === 'sendgrid' ? 'timestamp' : 'computed_at', nowMs);
}

async function readLines(file: string): Promise<readonly Events[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => [JSON.parse(line)].flat());
}

/** Moves all times by the same span: epoch seconds of SendGrid, ISO 8601 of SegOps. */
function shifted(posts: readonly Events[], member: string, nowMs: number): readonly Events[] {
  const msOf = (value: unknown): number =>
    typeof value === 'number' ? value * 1000 : Date.parse(String(value));
  const newestMs = Math.max(...posts.flat().map((event) => msOf(event[member])));
  const spanSeconds = Math.floor((nowMs - newestMs) / 1000);
  const moved = (value: unknown): unknown =>
    typeof value === 'number'
      ? value + spanSeconds
      : new Date(msOf(value) + spanSeconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  return posts.map((events) => events.map((event) => ({ ...event, [member]: moved(event[member]) })));
}
