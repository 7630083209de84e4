import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRunMessage, type RunMessage, writeRunMessage } from '../../../functions/queue/runMessage.ts';
import { describeSchemaError, isSchemaError } from '../../../functions/schema/schemaError.ts';
import { parseSegmentEvent } from '../../../functions/sources/segment/event.ts';
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

describe('a queue message that is not a run', () => {
  it.each(['', 'text', '{"version":1'])('a message that is not JSON of a run is refused: %j', (body) => {
    expect(() => parseRunMessage(body)).toThrow(SyntaxError);
  });

  it.each([
    ['null', null, 'expected object'],
    ['of a version to come', { version: 2 }, 'version'],
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

function problemOf(body: string): string {
  try {
    parseRunMessage(body);
  } catch (error) {
    expect(isSchemaError(error)).toBe(true);
    return isSchemaError(error) ? describeSchemaError(error) : '';
  }
  throw new Error('the message was read');
}
