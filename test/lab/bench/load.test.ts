import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseSegmentEvent } from '../../../functions/sources/segment/event.ts';
import { isSignedWith } from '../../../functions/sources/segment/source.ts';
import { compileTriggers, matchTriggers } from '../../../functions/triggers/matchTriggers.ts';
import { functionUrlEvent, sharedSecret } from '../../../lab/bench/load/functionUrlEvent.ts';
import { countsOf, eventsOf, type Load, writeLoad } from '../../../lab/bench/load/load.ts';
import { type EventKind, segmentEvent } from '../../../lab/bench/load/segmentEvent.ts';
import triggers from '../../../lab/bench/triggers.ts';

const segmentEvents = (count: number, kind: EventKind): readonly object[] =>
  Array.from({ length: count }, () => segmentEvent(kind));
const compiled = compileTriggers(triggers);
const triggersOf = (event: object | undefined): readonly string[] => {
  const parsed = parseSegmentEvent(event);
  return parsed.ok ? matchTriggers(compiled, 'default', event).map(({ name }) => name) : ['invalid'];
};

const directory = mkdtempSync(join(tmpdir(), 'bench-load-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const written = (load: Load): readonly { readonly body: string }[] =>
  readFileSync(writeLoad(directory, load), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('the load of the bench', () => {
  it('a load has events of 1 KB, each with its own message id', () => {
    const events = segmentEvents(50, 'wanted').map((event) => JSON.stringify(event));
    expect(new Set(events.map((text) => text.length))).toEqual(new Set([1_000]));
    expect(new Set(events.map((text) => JSON.parse(text).messageId)).size).toBe(50);
  });

  it('a load has events that one trigger wants, and events that no trigger wants', () => {
    expect(triggersOf(segmentEvents(1, 'wanted')[0])).toEqual(['plan-upgraded']);
    expect(triggersOf(segmentEvents(1, 'ignored')[0])).toEqual([]);
  });

  it('a load is signed over the whole body', () => {
    const { body, headers } = functionUrlEvent(segmentEvents(3, 'wanted')) as {
      readonly body: string;
      readonly headers: Readonly<Record<string, string>>;
    };
    expect(isSignedWith(body, headers['x-segment-signature'] ?? '', [sharedSecret])).toBe(true);
  });

  it('a load has its share of wanted events in every hundred, over all requests', () => {
    const load = { wantedPercent: 1, requests: 200, eventsPerRequest: 1 };
    expect(countsOf(load)).toEqual({ queued: 2, duplicates: 0, ignored: 198 });
    expect(countsOf({ ...load, requests: 3, eventsPerRequest: 1_000 }).queued).toBe(30);
    expect(countsOf({ ...load, wantedPercent: 0 }).queued).toBe(0);
    expect(countsOf({ ...load, wantedPercent: 100 }).ignored).toBe(0);
    const bodies = written(load).map(({ body }) => JSON.parse(body) as object);
    expect(bodies.filter((event) => triggersOf(event).length > 0)).toHaveLength(2);
  });

  it('a load can have the message ids of events that were queued before', () => {
    const queuedBefore = ['a', 'b', 'c', 'd'];
    const load = { wantedPercent: 100, requests: 2, eventsPerRequest: 2, queuedBefore };
    expect(eventsOf(load)).toBe(4);
    expect(countsOf(load)).toEqual({ queued: 0, duplicates: 4, ignored: 0 });
    const ids = written(load).flatMap(({ body }) => JSON.parse(body) as { readonly messageId: string }[]);
    expect(ids.map(({ messageId }) => messageId)).toEqual(queuedBefore);
  });
});
