import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CancelMessage,
  parseQueueMessage,
  parseRunMessage,
  type RunMessage,
  writeCancelMessage,
  writeRunMessage,
} from '../../../functions/queue/runMessage.ts';
import { describeSchemaError, isSchemaError } from '../../../functions/schema/schemaError.ts';
import { parseSegmentEvent } from '../../../functions/sources/segment/event.ts';
import { sourceNames } from '../../../functions/sources/source.ts';
import { anyObject, anyText } from '../jsonArbitrary.ts';
import { audienceIdentifyEvent, trackEvent } from '../segmentEvents.ts';

function messageOf(element: object, changes: Partial<RunMessage> = {}): RunMessage {
  const parsed = parseSegmentEvent(element);
  if (!parsed.ok) {
    throw new Error(parsed.problem);
  }
  const { event } = parsed;
  return {
    version: 1,
    runId: '0123456789abcdef'.repeat(3).slice(0, 40),
    trigger: 'plan-upgraded',
    source: 'segment',
    route: 'default',
    receivedAtMs: 1_767_225_600_000,
    deadlineAtMs: 1_767_571_200_000,
    ...(event.messageId === undefined ? {} : { messageId: event.messageId }),
    event,
    ...changes,
  };
}

/** All that SQS takes in a message; its other characters make it refuse the whole batch. */
const allowedBySqs = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u;

describe('a run in the queue', () => {
  it.each([
    ['a new one', messageOf(trackEvent())],
    ['of an event without a message id', messageOf(audienceIdentifyEvent({ messageId: undefined }))],
    ['one that an operator redrives', messageOf(trackEvent(), { redrive: 'ended-1767323105000' })],
    ['one whose result is to be reported', messageOf(trackEvent(), { report: { attempts: 3 } })],
    [
      'one whose result is to be reported to SegOps',
      messageOf(trackEvent(), { version: 2, report: { attempts: 3, to: 'segops' } }),
    ],
    ['one that a pull started', messageOf(trackEvent(), { route: '~pull' })],
    ['one that waits for its slot', messageOf(trackEvent(), { notBeforeMs: 1.5, slotAtMs: 2.25 })],
  ])('a run message is read as it was written: %s', (_what, message) => {
    expect(parseRunMessage(writeRunMessage(message))).toEqual(message);
  });

  it('a run message is written in one line', () => {
    expect(writeRunMessage(messageOf(trackEvent({ event: 'two\nlines\r\u2028' })))).not.toMatch(/[\r\n]/);
  });

  it('U+FFFE and U+FFFF are escaped, because SQS refuses them and JSON does not', () => {
    const body = writeRunMessage(
      messageOf(trackEvent({ event: 'a\uFFFEb\uFFFFc', properties: { '\uFFFF': 1 } })),
    );
    expect(body).toContain('a\\ufffeb\\uffffc');
    expect(body).toContain('"\\uffff":1');
    expect(parseRunMessage(body).event.event).toBe('a\uFFFEb\uFFFFc');
    expect(parseRunMessage(body).event.properties).toEqual({ '\uFFFF': 1 });
  });

  it('any run message is taken by SQS and read as it was written', () => {
    fc.assert(
      fc.property(anyText, anyText, anyObject, (event, userId, properties) => {
        const message = messageOf({ type: 'track', event, userId, properties });
        const body = writeRunMessage(message);
        expect(body).toMatch(allowedBySqs);
        expect(parseRunMessage(body)).toEqual(message);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a message that cancels runs', () => {
  const cancellation: CancelMessage = {
    version: 1,
    kind: 'cancel',
    trigger: 'win-back',
    source: 'segment',
    route: 'default',
    messageId: 'm-\uFFFE',
    key: `cancel#${'0123456789'.repeat(4)}`,
    atMs: 1_767_225_600_000,
    expiresAtMs: 1_767_571_200_000,
  };

  it.each([
    ['of an event with a message id', cancellation],
    ['of an event without one', { ...cancellation, messageId: undefined }],
    ['of an event that says it happened before 1970', { ...cancellation, atMs: -62_135_596_800_000 }],
  ])('is read as it was written: %s', (_what, message) => {
    const body = writeCancelMessage(message);
    expect(body).toMatch(allowedBySqs);
    expect(parseQueueMessage(body)).toEqual(message);
  });

  it.each(sourceNames)('is read from the source %s, as a run is', (source) => {
    const cancel = { ...cancellation, source };
    expect(parseQueueMessage(writeCancelMessage(cancel))).toEqual(cancel);
    const run = messageOf(trackEvent(), { source });
    expect(parseQueueMessage(writeRunMessage(run))).toEqual(run);
  });

  it('is read beside runs, and is not a run', () => {
    const run = messageOf(trackEvent());
    expect(parseQueueMessage(writeRunMessage(run))).toEqual(run);
    expect(() => parseRunMessage(writeCancelMessage(cancellation))).toThrow();
  });

  it.each([
    [{ version: 2 }, 'version'],
    [{ kind: 'else' }, 'runId'],
    [{ trigger: '' }, 'trigger'],
    [{ route: 'a/b' }, 'route'],
    [{ key: `cooldown#${'0'.repeat(40)}` }, 'key'],
    [{ key: `cancel#${'0'.repeat(41)}` }, 'key'],
    [{ atMs: 8.64e15 + 1 }, 'atMs'],
    [{ expiresAtMs: undefined }, 'expiresAtMs'],
  ])('is refused with %j, and the error names the field', (changes, field) => {
    expect(problemOf(JSON.stringify({ ...cancellation, ...changes }), parseQueueMessage)).toContain(field);
  });
});

describe('a queue message that is not a run', () => {
  it.each(['', 'text', '{"version":1'])('a message that is not JSON of a run is refused: %j', (body) => {
    expect(() => parseRunMessage(body)).toThrow(SyntaxError);
  });

  it.each([
    ['null', null, 'expected object'],
    ['of a version to come', { version: 3 }, 'version'],
    ['with a report to nowhere', { report: { attempts: 0, to: 'braze' } }, 'report.to'],
    ['without an id', { runId: undefined }, 'runId'],
    ['with an id that is none', { runId: 'ABC' }, 'runId'],
    ['with an id and more before it', { runId: `run#${'0'.repeat(40)}` }, 'runId'],
    ['with an id and more behind it', { runId: '0'.repeat(41) }, 'runId'],
    ['from an unknown source', { source: 'elsewhere' }, 'source'],
    ['with times as texts', { receivedAtMs: '2026-01-01' }, 'receivedAtMs'],
    ['with a slot that is null', { slotAtMs: null }, 'slotAtMs'],
    ['with a nonce that is not a string', { redrive: 5 }, 'redrive'],
    ['with a report of no attempts', { report: {} }, 'report.attempts'],
    ['with a moment that no clock shows', { notBeforeMs: 8.64e15 + 1 }, 'notBeforeMs'],
    ['of a trigger without a name', { trigger: '' }, 'trigger'],
    ['of a route that is none', { route: 'a/b' }, 'route'],
    ['with a report that was tried less than never', { report: { attempts: -1 } }, 'report.attempts'],
    ['without an event', { event: undefined }, 'event'],
    ['with an event of no type', { event: {} }, 'event.type'],
  ])('a message is refused %s, and the error names the field', (_what, changes, field) => {
    const message = changes === null ? null : { ...messageOf(trackEvent()), ...changes };
    expect(problemOf(JSON.stringify(message))).toContain(field);
  });

  it('the refusal of a message does not quote it', () => {
    const message = {
      ...messageOf(trackEvent()),
      event: { type: 'track', properties: ['jane@example.com'] },
    };
    expect(problemOf(JSON.stringify(message))).not.toContain('jane@example.com');
  });
});

function problemOf(body: string, parse: (body: string) => unknown = parseRunMessage): string {
  try {
    parse(body);
  } catch (error) {
    expect(isSchemaError(error)).toBe(true);
    return isSchemaError(error) ? describeSchemaError(error) : '';
  }
  throw new Error('the message was read');
}
