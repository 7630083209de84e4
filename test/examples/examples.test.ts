import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  parseSegmentEvent,
  type SegmentEvent,
  segmentEventTypes,
} from '../../functions/sources/segment/event.ts';
import { compileTriggers, matchTriggers } from '../../functions/triggers/matchTriggers.ts';
import { isBatch } from '../../simulators/segment/payload.ts';
import { readEvents } from '../../simulators/segment/readEvents.ts';
import { shiftToNow } from '../../simulators/segment/shiftToNow.ts';
import triggers from '../../triggers.ts';

interface ExampleEvent {
  readonly where: string;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly event: SegmentEvent;
}

const lines = await readEvents('examples/*.ndjson');
const elements = lines.flatMap(({ file, line, payload }) =>
  (isBatch(payload) ? payload : [payload]).map((raw) => ({ where: `${file}:${line}`, raw })),
);
const events: readonly ExampleEvent[] = elements.flatMap(({ where, raw }) => {
  const parsed = parseSegmentEvent(raw);
  return parsed.ok && raw !== null ? [{ where, raw, event: parsed.event }] : [];
});

/** The events that are not a second delivery of an earlier one. */
const unique = [...new Map(events.map((example) => [identityOf(example), example])).values()];
const compiled = compileTriggers(triggers);

function identityOf({ raw, event }: ExampleEvent): string {
  return event.messageId ?? JSON.stringify(raw);
}

function matchesByTrigger(examples: readonly ExampleEvent[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { raw } of examples) {
    for (const { name } of matchTriggers(compiled, 'default', raw)) {
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return counts;
}

function only(file: string): readonly ExampleEvent[] {
  return events.filter(({ where }) => where.startsWith(`examples/${file}.ndjson`));
}

function find(file: string, wanted: (example: ExampleEvent) => boolean): ExampleEvent | undefined {
  return only(file).find(wanted);
}

describe('the example events', () => {
  it('68 requests hold 76 different events', () => {
    expect(lines).toHaveLength(68);
    expect(elements).toHaveLength(82);
    expect(unique).toHaveLength(76);
  });

  it('the events are of all types', () => {
    expect(new Set(unique.map(({ event }) => event.type))).toEqual(new Set(segmentEventTypes));
  });

  it('all events are valid except one null in a batch, which Segment sends as well', () => {
    const refused = elements.filter(({ raw }) => !parseSegmentEvent(raw).ok);
    expect(refused).toEqual([{ where: 'examples/batches.ndjson:4', raw: null }]);
  });

  it('each default trigger fires several times, and most events fire none', () => {
    expect(matchesByTrigger(unique)).toEqual({
      'trial-started': 4,
      'feature-milestone': 3,
      'plan-upgraded': 6,
      'churn-signal': 5,
      'audience-entered': 6,
    });
  });

  it('each line is written byte for byte as Segment, a JavaScript program, writes it', async () => {
    for (const file of new Set(lines.map((line) => line.file))) {
      const written = (await readFile(file, 'utf8')).trimEnd().split('\n');
      expect(written.map((line) => JSON.stringify(JSON.parse(line)))).toEqual(written);
    }
  });

  it('all e-mail addresses are of example.com, so that no person is named', () => {
    const addresses = JSON.stringify(lines).match(/[\w.+-]+@[\w.-]+/g) ?? [];
    const packageNames = ['@segment/analytics-node'];
    const foreign = addresses.filter((address) => !address.endsWith('@example.com'));
    expect(foreign.filter((address) => !packageNames.some((name) => name.includes(address)))).toEqual([]);
  });

  it('a payload that was moved to now has its newest time within the last minute', () => {
    const nowMs = Date.parse('2030-05-05T05:05:05Z');
    for (const { payload } of lines) {
      const moved = shiftToNow(payload, nowMs);
      const newest = (isBatch(moved) ? moved : [moved])
        .flatMap((event) => [event?.receivedAt, event?.timestamp])
        .filter((time) => typeof time === 'string')
        .map((time) => Date.parse(time));
      expect(newest.every((ms) => ms <= nowMs)).toBe(true);
      expect(newest.length === 0 || Math.max(...newest) > nowMs - 60_000).toBe(true);
    }
  });
});

describe('batches.ndjson', () => {
  const batches = lines.filter(({ payload }) => isBatch(payload));
  const idsOf = (line: number): readonly unknown[] =>
    only('batches')
      .filter(({ where }) => where.endsWith(`:${line}`))
      .map(({ event }) => event.messageId);

  it('all batches are in batches.ndjson, and nothing else is', () => {
    expect(batches.map(({ file, line }) => `${file}:${line}`)).toEqual(
      [1, 2, 3, 4].map((line) => `examples/batches.ndjson:${line}`),
    );
    expect(lines.filter(({ file }) => file === 'examples/batches.ndjson')).toEqual(batches);
  });

  it('the first and the third batch hold one event twice', () => {
    expect(idsOf(1)).toHaveLength(6);
    expect(new Set(idsOf(1)).size).toBe(5);
    expect(idsOf(3)).toHaveLength(5);
    expect(new Set(idsOf(3)).size).toBe(4);
  });

  it('batches repeat events of other batches and of another file', () => {
    const trials = only('trials').map(({ event }) => event.messageId);
    expect(idsOf(2).filter((id) => trials.includes(String(id)))).toHaveLength(1);
    expect(idsOf(2).filter((id) => idsOf(1).includes(id))).toHaveLength(1);
    expect(idsOf(4).filter((id) => idsOf(2).includes(id))).toHaveLength(1);
  });

  it('five events are repeated, and four of them fire a trigger', () => {
    const repeated = events.filter(
      (example, index) => events.findIndex((other) => identityOf(other) === identityOf(example)) < index,
    );
    expect(repeated).toHaveLength(5);
    expect(matchesByTrigger(repeated)).toEqual({
      'trial-started': 1,
      'plan-upgraded': 1,
      'churn-signal': 1,
      'audience-entered': 1,
    });
  });
});

describe('audiences.ndjson and computed-traits.ndjson', () => {
  it('audiences and computed traits come in all forms of Engage: identify and track, entered and exited, a journey', () => {
    expect(only('audiences').map(({ event }) => event.event ?? event.type)).toEqual(
      expect.arrayContaining(['identify', 'Audience Entered', 'Audience Exited']),
    );
    const classes = only('audiences').map(({ event }) => event.context.personas);
    expect(classes).toContainEqual(expect.objectContaining({ computation_class: 'journey_step' }));
    expect(only('computed-traits').map(({ event }) => event.event)).toContain('Trait Computed');
  });

  it('events of Engage have nanoseconds, null as sentAt, and objects among their integrations', () => {
    for (const { raw, event } of [...only('audiences'), ...only('computed-traits')]) {
      expect(raw.originalTimestamp).toMatch(/\.\d{9}Z$/);
      expect(raw.sentAt).toBeNull();
      expect(event.integrations).toMatchObject({ Warehouses: { all: false } });
      expect(event.messageId).toMatch(/^personas_/);
    }
  });
});

describe('odd-but-valid.ndjson', () => {
  it('a null id is absent to a trigger', () => {
    const found = find('odd-but-valid', ({ raw }) => raw.userId === null && raw.anonymousId === null);
    expect(found?.event).toMatchObject({ userId: undefined, anonymousId: undefined, name: undefined });
  });

  it('null as traits, context, integrations or properties is empty to a trigger', () => {
    const found = find('odd-but-valid', ({ raw }) => raw.traits === null && raw.context === null);
    expect(found?.event).toMatchObject({ traits: {}, context: {}, integrations: {}, properties: {} });
  });

  it('an event without a message id, or with a numeric or an empty one, has none to a trigger', () => {
    const without = only('odd-but-valid').filter(({ event }) => event.messageId === undefined);
    expect(without.map(({ raw }) => raw.messageId)).toEqual([undefined, 4711, '', undefined]);
  });

  it('a numeric user id is a string to a trigger', () => {
    expect(find('odd-but-valid', ({ raw }) => raw.userId === 2009)?.event.userId).toBe('2009');
  });

  it.each([
    ['an emoji', /\p{Extended_Pictographic}/u],
    ['Chinese', /太慢了/],
    ['right to left', /بطيء/],
    ['U+2028 and U+2029', /\u2028.*\u2029/s],
    ['half a surrogate pair', /[\ud800-\udbff](?![\udc00-\udfff])/],
  ])('an event that fires a trigger contains %s', (_what, characters) => {
    const fires = find('odd-but-valid', ({ event }) => event.event === 'churn_signal');
    expect(Object.values(fires?.event.properties ?? {}).join()).toMatch(characters);
  });

  it('an event that fires a trigger has a __proto__ key', () => {
    const fires = find('odd-but-valid', ({ event }) => event.event === 'plan_upgraded');
    expect(JSON.stringify(fires?.raw)).toContain('"__proto__":{"polluted":true}');
    expect({}).not.toHaveProperty('polluted');
  });

  it('odd-but-valid.ndjson has keys that look like integers, very large numbers, a long text and an event whose name almost matches a trigger', async () => {
    const text = await readFile('examples/odd-but-valid.ndjson', 'utf8');
    expect(text).toContain('{"1":"one","2":"two","10":"ten"');
    expect(text).toContain('"huge":1e+21,"rounded":12345678901234567000,"tiny":5e-324');
    expect(text).toMatch(/[^"]{5000}/);
    expect(text).toContain('"event":"Plan_Upgraded"');
  });
});
