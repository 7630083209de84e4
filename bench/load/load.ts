import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { functionUrlEvent } from './functionUrlEvent.ts';
import { type EventKind, segmentEvents } from './segmentEvents.ts';

/** Requests to measure a handler with. */
export interface Load {
  readonly kind: EventKind;
  readonly requests: number;
  /** Of each request; 1 is sent as an object, more as a batch. */
  readonly eventsPerRequest: number;
}

/** Events of a load in all. */
export function eventsOf({ requests, eventsPerRequest }: Load): number {
  return requests * eventsPerRequest;
}

/** Writes a load, with message ids that were never seen before, as NDJSON. @returns the file */
export function writeLoad(directory: string, load: Load): string {
  const file = join(directory, 'load.ndjson');
  const lines = Array.from({ length: load.requests }, () => {
    const events = segmentEvents(load.eventsPerRequest, load.kind);
    return JSON.stringify(functionUrlEvent(events.length === 1 ? (events[0] ?? {}) : events));
  });
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}
