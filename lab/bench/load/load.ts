import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { functionUrlEvent } from './functionUrlEvent.ts';
import { segmentEvent } from './segmentEvent.ts';

/** Requests to measure a handler with. */
export interface Load {
  /** The share of the events that a trigger wants, spread evenly over every hundred. */
  readonly wantedPercent: number;
  readonly requests: number;
  /** 1 is sent as an object, more as a batch. */
  readonly eventsPerRequest: number;
  /** The message ids of events that were queued before. @default all events are new */
  readonly queuedBefore?: readonly string[];
}

/** The number of events of a load. */
export function eventsOf({ requests, eventsPerRequest }: Load): number {
  return requests * eventsPerRequest;
}

/** The sums of the counts that the answers to a load must have. */
export function countsOf(load: Load): Readonly<Record<'queued' | 'duplicates' | 'ignored', number>> {
  const events = eventsOf(load);
  const wanted = Array.from({ length: events }, (_none, index) => isWanted(load, index)).filter(
    Boolean,
  ).length;
  const fresh = load.queuedBefore === undefined;
  return { queued: fresh ? wanted : 0, duplicates: fresh ? 0 : wanted, ignored: events - wanted };
}

/** Writes a load as NDJSON, with new message ids if it names none. @returns the file */
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
