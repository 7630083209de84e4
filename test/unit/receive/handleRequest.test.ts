import { describe, expect, it } from 'vitest';
import { Log } from '../../../functions/observability/log.ts';
import { logReception } from '../../../functions/receive/handleRequest.ts';
import { httpAnswer } from '../../../functions/receive/http.ts';
import type { Reception } from '../../../functions/receive/reception.ts';

const counts = { received: 5, queued: 1, duplicates: 1, ignored: 2, invalid: 1, stale: 0, sampledOut: 0 };
const accepted: Reception = {
  answer: httpAnswer(200, counts),
  source: 'segment',
  route: 'default',
  counts,
  invalid: [{ index: 3, problem: 'type: expected a text' }],
};

/** The line that a request is logged as. */
function lineOf(
  reception: Reception,
  isColdStart = false,
  hasSeveralSources = false,
): Record<string, unknown> {
  let text = '';
  const write = (line: string): void => {
    text += line;
  };
  const log = new Log({ service: 'mavera-triggers', namespace: 'MaveraTriggers', now: () => 1_000, write });
  log.begin('request-1');
  logReception(log, reception, { durationMs: 12, version: '42', isColdStart, hasSeveralSources });
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
      version: '42',
      RequestsAccepted: 1,
      EventsReceived: 5,
      EventsQueued: 1,
      EventsDuplicate: 1,
      EventsIgnored: 2,
      EventsInvalid: 1,
      ReceiverDuration: 12,
    });
  });

  it('is counted by source too when several sources are open, but not when its path belongs to none', () => {
    const dimensionsOf = (reception: Reception, hasSeveralSources: boolean): unknown =>
      (
        lineOf(reception, false, hasSeveralSources)._aws as { CloudWatchMetrics: { Dimensions: unknown }[] }
      ).CloudWatchMetrics.flatMap(({ Dimensions }) => Dimensions);
    const always = [['service'], ['service', 'version']];
    expect(dimensionsOf(accepted, false)).toEqual(always);
    expect(dimensionsOf(accepted, true)).toEqual([...always, ['service', 'source']]);
    const { source: _source, ...elsewhere } = accepted;
    expect(dimensionsOf(elsewhere, true)).toEqual(always);
  });

  it('counts what is in no sample', () => {
    const sampled = { ...accepted, counts: { ...counts, sampledOut: 2 }, runsSampledOut: 3 };
    expect(lineOf(sampled)).toMatchObject({ sampledOut: 2, EventsSampledOut: 2, RunsHeldBySample: 3 });
  });

  it('counts runs in the bulk queue', () => {
    const outcome = { queued: [], duplicates: [], busy: [], unsent: [], bypassed: 0, toBulk: 7 };
    expect(lineOf({ ...accepted, outcome })).toMatchObject({ toBulk: 7, RunsToBulk: 7 });
    expect(lineOf({ ...accepted, outcome: { ...outcome, toBulk: 0 } })).not.toHaveProperty('RunsToBulk');
  });

  it('has the events of each trigger, and those that cancel its runs', () => {
    const event = { claimKey: 'a', messages: [], triggers: ['churned'], cancels: ['win-back'] };
    const starts = { ...event, triggers: ['win-back'], cancels: [] };
    const outcome = { queued: [event, starts], duplicates: [event], busy: [], unsent: [], bypassed: 0 };
    expect(lineOf({ ...accepted, outcome: { ...outcome, toBulk: 0 } })).toMatchObject({
      triggers: {
        churned: { queued: 1, duplicates: 1 },
        'win-back': { queued: 1, duplicates: 0, cancels: 1 },
      },
    });
  });

  it('counts keys of cancelling events that could not be computed, with the place of the failure', () => {
    const failedCancelKeys = [
      { trigger: 'win-back', count: 2, at: 'at per (index.mjs:1:2)' },
      { trigger: 'other', count: 1 },
    ];
    expect(lineOf({ ...accepted, failedCancelKeys })).toMatchObject({
      failedCancelKeys,
      CancelKeysFailed: 3,
    });
    expect(lineOf({ ...accepted, failedCancelKeys: [] })).not.toHaveProperty('failedCancelKeys');
  });

  it('says whether it was the first of its environment', () => {
    expect(lineOf(accepted, true)).toMatchObject({ coldStart: true, ColdStarts: 1 });
    expect(lineOf(accepted, false)).not.toHaveProperty('coldStart');
    expect(lineOf(accepted, false)).not.toHaveProperty('ColdStarts');
  });

  it.each([
    [401, 'wrong', ['SignatureRefused', 'RequestsRefused']],
    [401, 'missing', ['SignatureMissing', 'RequestsRefused']],
    [400, 'missing', ['RequestsRefused']],
    [400, 'right', ['SignedRequestsRefused', 'RequestsRefused']],
    [404, 'right', ['SignedRequestsRefused', 'RequestsRefused']],
    [413, undefined, ['RequestsRefused']],
    [503, undefined, ['RequestsFailed']],
  ] as const)(
    'counts a request that was answered %i and whose signature is %s',
    (status, signature, names) => {
      const detail = 'because';
      const line = lineOf({
        answer: httpAnswer(status, { detail }),
        detail,
        ...(signature && { signature }),
      });
      expect(line).toMatchObject({ status, detail });
      const counted = Object.keys(line).filter((name) => /^(Requests|Sign)/.test(name));
      expect(counted).toEqual(names);
    },
  );

  it('counts a request as busy if it failed only because another request was queueing its events', () => {
    const event = { claimKey: 'a', messages: [], triggers: [], cancels: [] };
    const failed = (unsent: readonly (typeof event)[]): Record<string, unknown> =>
      lineOf({
        answer: httpAnswer(503, {}),
        outcome: { queued: [], duplicates: [], busy: [event], unsent, bypassed: 0, toBulk: 0 },
      });
    expect(failed([])).toMatchObject({ RequestsFailed: 1, RequestsBusy: 1 });
    expect(failed([event])).toMatchObject({ RequestsFailed: 1 });
    expect(failed([event])).not.toHaveProperty('RequestsBusy');
  });

  it('has all metrics by service, and by version those that tell whether a release refuses requests', () => {
    const { _aws } = lineOf(accepted) as { _aws: { CloudWatchMetrics: readonly object[] } };
    expect(_aws.CloudWatchMetrics).toMatchObject([
      { Dimensions: [['service']] },
      { Dimensions: [['service', 'version']], Metrics: [{ Name: 'RequestsAccepted', Unit: 'Count' }] },
    ]);
    expect(lineOf({ answer: httpAnswer(401, {}) })).toMatchObject({
      _aws: {
        CloudWatchMetrics: [
          {},
          {
            Dimensions: [['service', 'version']],
            Metrics: [{ Name: 'SignatureRefused' }, { Name: 'RequestsRefused' }],
          },
        ],
      },
    });
  });
});
