import { describe, expect, it } from 'vitest';
import { Log } from '../../../functions/observability/log.ts';
import { metricUnits } from '../../../functions/observability/metrics.ts';
import { type CancelMessage, writeRunMessage } from '../../../functions/queue/runMessage.ts';
import type { HandledDelivery } from '../../../functions/run/handleDelivery.ts';
import { type DeliveryMoment, logDelivery, logFailedDelivery } from '../../../functions/run/logDelivery.ts';
import type { GateName } from '../../../functions/run/runOutcome.ts';
import { receivedAtMs, runMessage } from '../runMessages.ts';

const nowMs = receivedAtMs + 90_000;
const run = runMessage();
const begun: DeliveryMoment = { atMs: nowMs - 40, requests: { made: 7, throttled: 1 } };
const ended: DeliveryMoment = { atMs: nowMs, requests: { made: 7, throttled: 1 } };

function written(report: (log: Log) => void): Record<string, unknown> {
  let text = '';
  const write = (line: string): void => {
    text += line;
  };
  const log = new Log({ service: 'mavera-triggers', namespace: 'MaveraTriggers', now: () => nowMs, write });
  log.begin('request-1');
  report(log);
  return JSON.parse(text) as Record<string, unknown>;
}

function lineOf(report: HandledDelivery): Record<string, unknown> {
  return written((log) => logDelivery(log, report, begun, ended));
}

function failureOf(error: unknown, body: string, requests = ended.requests): Record<string, unknown> {
  return written((log) => logFailedDelivery(log, error, body, begun, { ...ended, requests }));
}

/** The metrics of a line, by name. */
function metricsIn(line: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(line).filter(([name]) => Object.hasOwn(metricUnits, name)));
}

function metricsOf(report: HandledDelivery): Record<string, unknown> {
  return metricsIn(lineOf(report));
}

describe('the line of a delivery', () => {
  it('the line of a delivery names the run and its outcome, and has some metrics by trigger', () => {
    const call = { kind: 'answered', durationMs: 31_000, status: undefined } as const;
    const line = lineOf({ run, outcome: 'done', creditsUsed: 23, call, collected: 7 });
    expect(line).toMatchObject({
      level: 'INFO',
      message: 'run',
      requestId: 'request-1',
      runId: run.runId,
      trigger: 'plan-upgraded',
      source: 'segment',
      route: 'default',
      outcome: 'done',
      creditsUsed: 23,
      collected: 7,
      mavera: { kind: 'answered', durationMs: 31_000 },
      durationMs: 40,
      ageMs: 90_000,
      _aws: {
        CloudWatchMetrics: [
          { Dimensions: [['service']] },
          {
            Dimensions: [['service', 'trigger']],
            Metrics: [{ Name: 'RunsDone' }, { Name: 'CreditsUsed' }],
          },
        ],
      },
    });
  });

  it('the line of a delivery has no personal data of the event', () => {
    const text = JSON.stringify(lineOf({ run, outcome: 'failed', reason: 'mavera_400' }));
    expect(text).not.toContain(run.event.userId);
    expect(text).not.toContain(run.event.anonymousId);
    expect(text).not.toContain('Order Completed');
  });

  it('an event that cancels runs has a line of its own, without the key and the message id', () => {
    const cancel: CancelMessage = {
      version: 1,
      kind: 'cancel',
      trigger: 'win-back',
      source: 'segment',
      route: 'eu',
      messageId: 'm-of-somebody',
      key: `cancel#${'a'.repeat(40)}`,
      atMs: nowMs,
      expiresAtMs: nowMs,
    };
    const line = lineOf({ cancel, outcome: 'noted' });
    expect(line).toMatchObject({
      message: 'cancellation',
      trigger: 'win-back',
      source: 'segment',
      route: 'eu',
      durationMs: 40,
    });
    expect(JSON.stringify(line)).not.toMatch(/m-of-somebody|cancel#/);
    expect(metricsIn(line)).toEqual({});
  });

  it('a line is written even when the message is not a run', () => {
    expect(lineOf({ outcome: 'failed', reason: 'message_unreadable' })).toMatchObject({
      trigger: 'unknown',
      outcome: 'failed',
      reason: 'message_unreadable',
      RunsFailed: 1,
    });
  });
});

describe('the metrics of a delivery', () => {
  it('metrics say how full the budget is and how many credits the account has left, even if it is 0', () => {
    const more = { budgetUsedPercent: 80.5, accountCreditsRemaining: 0 };
    expect(metricsOf({ run, outcome: 'done', ...more })).toMatchObject({
      BudgetUsed: 80.5,
      AccountCreditsRemaining: 0,
    });
  });

  it('metrics count all requests to Mavera that were made during the delivery', () => {
    const later = { ...ended, requests: { made: 10, throttled: 2 } };
    const line = written((log) => logDelivery(log, { run, outcome: 'waiting' }, begun, later));
    expect(line).toMatchObject({ MaveraRequests: 3, MaveraThrottled: 1 });
  });

  it.each([
    ['done', 'RunsDone'],
    ['failed', 'RunsFailed'],
    ['skipped', 'RunsSkipped'],
  ] as const)('metrics count a run that has ended, with its age: %s', (outcome, name) => {
    expect(metricsOf({ run, outcome })).toEqual({ [name]: 1, RunAge: 90_000 });
  });

  it('metrics count a waiting run, with its age so far, and a repeated message', () => {
    expect(metricsOf({ run, outcome: 'waiting' })).toEqual({ RunsWaiting: 1, RunsWaitingAge: 90_000 });
    expect(metricsOf({ run, outcome: 'repeated' })).toEqual({ RunsRepeated: 1 });
  });

  it('metrics leave out the age of a run that waits on purpose or was redriven', () => {
    const waiting = { outcome: 'waiting' } as const;
    expect(metricsOf({ run, ...waiting, reason: 'collecting' })).toEqual({ RunsWaiting: 1 });
    expect(metricsOf({ run, ...waiting, reason: 'not_yet' })).toEqual({ RunsWaiting: 1 });
    expect(metricsOf({ run, ...waiting, reason: 'pace_full', collected: 7 })).toEqual({ RunsWaiting: 1 });
    const redriven = runMessage({ redrive: 'ended-1' });
    expect(metricsOf({ run: redriven, ...waiting, reason: 'pace_full' })).toEqual({ RunsWaiting: 1 });
  });

  it('metrics count runs that wait for the API key', () => {
    expect(metricsOf({ run, outcome: 'waiting', reason: 'api_key_unavailable' })).toMatchObject({
      RunsWithoutApiKey: 1,
    });
  });

  const gates: Readonly<Record<GateName, string>> = {
    pause: 'RunsHeldByPause',
    stale: 'RunsHeldByStale',
    sample: 'RunsHeldBySample',
    cancel: 'RunsHeldByCancel',
    lookups: 'RunsHeldByLookups',
    approval: 'RunsHeldByApproval',
    cooldown: 'RunsHeldByCooldown',
    budget: 'RunsHeldByBudget',
    credits: 'RunsHeldByCredits',
    breaker: 'RunsHeldByBreaker',
    concurrency: 'RunsHeldByConcurrency',
    pace: 'RunsHeldByPace',
  };

  it.each(Object.entries(gates) as [GateName, string][])(
    'metrics count for each gate the runs that it has stopped: %s',
    (gate, name) => {
      expect(metricsOf({ run, outcome: 'waiting', gate })).toEqual({
        RunsWaiting: 1,
        RunsWaitingAge: 90_000,
        [name]: 1,
      });
    },
  );

  it('metrics count the calls to Mavera and the failed ones', () => {
    const answered = { kind: 'answered', durationMs: 31_000 } as const;
    expect(metricsOf({ run, outcome: 'done', call: answered, creditsUsed: 23 })).toEqual({
      RunsDone: 1,
      RunAge: 90_000,
      MaveraCalls: 1,
      MaveraDuration: 31_000,
      CreditsUsed: 23,
    });
    const lost = { kind: 'lost', durationMs: 150_000 } as const;
    expect(metricsOf({ run, outcome: 'waiting', call: lost })).toEqual({
      RunsWaiting: 1,
      RunsWaitingAge: 90_000,
      MaveraCalls: 1,
      MaveraErrors: 1,
      AnswersLost: 1,
      MaveraDuration: 150_000,
    });
  });

  it('metrics count when the breaker opens, but not when it closes', () => {
    const refused = { kind: 'refused', durationMs: 100, status: 402 } as const;
    const opened = { ...refused, breaker: 'opened' } as const;
    const closed = { kind: 'answered', durationMs: 100, breaker: 'closed' } as const;
    expect(metricsOf({ run, outcome: 'waiting', call: opened })).toMatchObject({ BreakerOpened: 1 });
    expect(metricsOf({ run, outcome: 'done', call: closed })).not.toHaveProperty('BreakerOpened');
  });

  it('metrics count lost answers only when they were recovered', () => {
    expect(metricsOf({ run, outcome: 'done', recovery: 'found' })).toMatchObject({ AnswersRecovered: 1 });
    expect(metricsOf({ run, outcome: 'done', recovery: 'not_found' })).not.toHaveProperty('AnswersRecovered');
  });
});

describe('a delivery that threw', () => {
  it('a delivery that threw is counted with its requests, because Lambda does not count it as an error', () => {
    const line = failureOf(new RangeError('out of range'), writeRunMessage(run), { made: 8, throttled: 1 });
    expect(metricsIn(line)).toEqual({ DeliveriesFailed: 1, MaveraRequests: 1 });
    expect(line).toMatchObject({
      level: 'ERROR',
      requestId: 'request-1',
      runId: run.runId,
      trigger: 'plan-upgraded',
      durationMs: 40,
      error: { name: 'RangeError', message: 'out of range' },
      _aws: { CloudWatchMetrics: [{ Dimensions: [['service']] }] },
    });
  });

  it('a delivery that threw is logged without data of the event, even when its message is not a run', () => {
    expect(JSON.stringify(failureOf(new Error('x'), writeRunMessage(run)))).not.toContain(run.event.userId);
    expect(failureOf(new Error('x'), 'no run')).toMatchObject({ trigger: 'unknown', DeliveriesFailed: 1 });
  });
});

describe('the metrics of a report to Segment', () => {
  const reporting = runMessage({ report: { attempts: 0 } });

  it('the metrics of a report count only the report, because its run was counted when it was done', () => {
    expect(metricsOf({ run: reporting, outcome: 'reported' })).toEqual({ SegmentReportsSent: 1 });
    expect(metricsOf({ run: reporting, outcome: 'failed', reason: 'segment_report_failed' })).toEqual({
      SegmentReportsFailed: 1,
    });
  });

  it.each(['waiting', 'repeated'] as const)(
    'a report that has no result yet has no metrics: %s',
    (outcome) => {
      expect(metricsOf({ run: reporting, outcome })).toEqual({});
      expect(lineOf({ run: reporting, outcome })).toMatchObject({
        isReport: true,
        reportTo: 'segment',
        outcome,
      });
    },
  );
});

describe('the metrics of a report to SegOps', () => {
  const reporting = runMessage({ version: 2, report: { attempts: 0, to: 'segops' } });

  it('are apart from those of reports to Segment', () => {
    expect(metricsOf({ run: reporting, outcome: 'reported' })).toEqual({ SegOpsReportsSent: 1 });
    expect(metricsOf({ run: reporting, outcome: 'failed', reason: 'segops_report_failed' })).toEqual({
      SegOpsReportsFailed: 1,
    });
    expect(lineOf({ run: reporting, outcome: 'reported' })).toMatchObject({ reportTo: 'segops' });
  });

  it.each(['reported', 'waiting', 'failed'] as const)(
    'count a report that was sent again, whatever came of it: %s',
    (outcome) => {
      expect(metricsOf({ run: reporting, outcome, isResent: true })).toMatchObject({
        SegOpsReportsRepeated: 1,
      });
    },
  );

  it('count nothing where there was nothing to report', () => {
    expect(metricsOf({ run: reporting, outcome: 'reported', reason: 'nothing_to_report' })).toEqual({});
  });
});
