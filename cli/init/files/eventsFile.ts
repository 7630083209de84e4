import type { NewTrigger } from '../newTrigger.ts';
import { type SampleEvent, unwantedEvent, wantedEvent } from './sampleEvents.ts';

/** When the events happened. `npm start` moves this to now. */
const newestMs = Date.parse('2026-11-20T10:00:00.000Z');

/**
 * An events file of a trigger, as NDJSON with one request of the source a line: two events that the trigger wants, one that its
 * cooldown skips, if it has one, and one that no trigger wants.
 *
 * @param all the triggers of the app
 */
export function eventsFile(trigger: NewTrigger, all: readonly NewTrigger[]): string {
  const again = trigger.cooldown === undefined ? [] : [1];
  const events = [
    ...[1, 2, ...again].map((subject) => wantedEvent(trigger, subject)),
    unwantedEvent(trigger, all),
  ];
  const requests = events.map((event, index) => requestOf(trigger, event, index + 1, events.length));
  return `${requests.map((request) => JSON.stringify(request)).join('\n')}\n`;
}

/** Adds what tells an event from others. Events of SegOps are told apart by their times. */
function requestOf({ name, watched }: NewTrigger, event: SampleEvent, number: number, count: number): object {
  const id = `${name}-${number}`;
  const ms = newestMs - (count - number) * 60_000;
  switch (watched.source) {
    case 'segment':
      return { ...event, messageId: id, timestamp: new Date(ms).toISOString() };
    case 'sendgrid':
      return [{ ...event, sg_event_id: id, sg_message_id: `${id}-message`, timestamp: ms / 1_000 }];
    case 'segops':
      return { ...event, computed_at: new Date(ms).toISOString() };
  }
}
