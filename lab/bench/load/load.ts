import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { functionUrlEvent } from './functionUrlEvent.ts';
import { segmentEvent } from './segmentEvent.ts';

/** Requests to measure a handler with. */
export interface Load {
  /** Of the events, those that a trigger wants, in percent; spread evenly over every hundred. */
  readonly wantedPercent: number;
  readonly requests: number;
  /** Of each request; 1 is sent as an object, more as a batch. */
  readonly eventsPerRequest: number;
  /** For events that were queued before: the message id of each. Without it all are fresh. */
  readonly queuedBefore?: readonly string[];
}

/** Events of a load in all. */
export function eventsOf({ requests, eventsPerRequest }: Load): number {
  return requests * eventsPerRequest;
}

/** What the answers to a load must add up to. */
export function countsOf(load: Load): Readonly<Record<'queued' | 'duplicates' | 'ignored', number>> {
  const events = eventsOf(load);
  const wanted = Array.from({ length: events }, (_none, index) => isWanted(load, index)).filter(
    Boolean,
  ).length;
  const fresh = load.queuedBefore === undefined;
  return { queued: fresh ? wanted : 0, duplicates: fresh ? 0 : wanted, ignored: events - wanted };
}

/** Writes a load, with message ids that were never seen before unless it says so, as NDJSON. @returns the file */
export function writeLoad(directory: string, load: Load): string {
  const file = join(directory, 'load.ndjson');
  const lines = Array.from({ length: load.requests }, (_none, request) => {
    const events = Array.from({ length: load.eventsPerRequest }, (_nothing, place) =>
      eventAt(load, request * load.eventsPerRequest + place),
    );
    return JSON.stringify(functionUrlEvent(events.length === 1 ? (events[0] ?? {}) : events));
  });
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

function eventAt(load: Load, index: number): object {
  return segmentEvent(isWanted(load, index) ? 'wanted' : 'ignored', load.queuedBefore?.[index]);
}

function isWanted({ wantedPercent }: Load, index: number): boolean {
  return index % 100 < wantedPercent;
}
