import { describe, expect, it } from 'vitest';
import { Log } from '../../../functions/observability/log.ts';
import { logReception } from '../../../functions/receive/handleRequest.ts';
import { httpAnswer } from '../../../functions/receive/http.ts';
import type { Reception } from '../../../functions/receive/reception.ts';

const counts = { received: 5, queued: 1, duplicates: 1, ignored: 2, invalid: 1, stale: 0 };
const accepted: Reception = {
  answer: httpAnswer(200, counts),
  source: 'segment',
  route: 'default',
  counts,
  invalid: [{ index: 3, problem: 'type: expected a text' }],
};

/** The line that a request is logged as. */
function lineOf(reception: Reception, isColdStart = false): Record<string, unknown> {
  let text = '';
  const write = (line: string): void => {
    text += line;
  };
  const log = new Log({ service: 'mavera-triggers', namespace: 'MaveraTriggers', now: () => 1_000, write });
  log.begin('request-1');
  logReception(log, reception, { durationMs: 12, isColdStart });
  return JSON.parse(text) as Record<string, unknown>;
}

describe('the line of a request', () => {
  it('says where it came from, how it was answered, and what became of its events', () => {
    expect(lineOf(accepted)).toMatchObject({
      message: 'request',
      requestId: 'request-1',
      source: 'segment',
      route: 'default',
      status: 200,
      ...counts,
      invalidEvents: [{ index: 3, problem: 'type: expected a text' }],
      durationMs: 12,
      RequestsAccepted: 1,
      EventsReceived: 5,
      EventsQueued: 1,
      EventsDuplicate: 1,
      EventsIgnored: 2,
      EventsInvalid: 1,
      ReceiverDuration: 12,
    });
  });

  it('says whether it was the first of its environment', () => {
    expect(lineOf(accepted, true)).toMatchObject({ coldStart: true, ColdStarts: 1 });
    expect(lineOf(accepted, false)).not.toHaveProperty('coldStart');
    expect(lineOf(accepted, false)).not.toHaveProperty('ColdStarts');
  });

  it.each([
    [401, { SignatureRefused: 1, RequestsRefused: 1 }],
    [413, { RequestsRefused: 1 }],
    [503, { RequestsFailed: 1 }],
  ])('counts a request that was answered %i', (status, metrics) => {
    const detail = 'because';
    const line = lineOf({ answer: httpAnswer(status, { detail }), detail });
    expect(line).toMatchObject({ status, detail, ...metrics });
    expect(line).not.toHaveProperty('RequestsAccepted');
  });

  it('has all metrics by the service alone', () => {
    expect(lineOf(accepted)).toMatchObject({ _aws: { CloudWatchMetrics: [{ Dimensions: [['service']] }] } });
  });
});
