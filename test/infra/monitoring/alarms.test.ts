import { Duration } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { Log } from '../../../functions/observability/log.ts';
import { metricUnits } from '../../../functions/observability/metrics.ts';
import { logPull } from '../../../functions/pull/logPull.ts';
import { definePull } from '../../../functions/pulls/definePull.ts';
import type { SourceName } from '../../../functions/sources/source.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import { addSecurityChecks } from '../../../infra/securityChecks.ts';
import { type Answerer, PullWorld } from '../../unit/pull/pullWorld.ts';
import { asEmitted, emittedMetrics } from './emittedMetrics.ts';
import { evaluateExpression, type PeriodValues } from './evaluateExpression.ts';
import {
  type AlarmProperties,
  alarmsOf,
  alarmTopicArn,
  metricsOfAlarm,
  monitoringStack,
  runDeadline,
  visibilityTimeout,
} from './monitoringStack.ts';

const { stack, monitoring } = monitoringStack();
const alarms = alarmsOf(stack);
const all = [...alarms];

function alarm(name: string): AlarmProperties {
  const found = alarms.get(name);
  if (found === undefined) {
    throw new Error(`There is no alarm ${name}: ${[...alarms.keys()].join(', ')}`);
  }
  return found;
}

const periodOf = ({ Period, Metrics = [] }: AlarmProperties): number =>
  Period ?? Math.max(...Metrics.map(({ MetricStat }) => MetricStat?.Period ?? 0));

const comparisons: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/** Whether the alarm counts a period with these values as bad. Values are by metric name if the alarm has one metric. */
function isBad(name: string, values: PeriodValues): boolean {
  const { Metrics, ComparisonOperator, Threshold, TreatMissingData } = alarm(name);
  const expression = Metrics?.find(({ Expression }) => Expression !== undefined)?.Expression;
  const [only] = metricsOfAlarm(alarm(name));
  const value = expression === undefined ? values[only?.name ?? ''] : evaluateExpression(expression, values);
  return value === undefined
    ? TreatMissingData === 'breaching'
    : (comparisons[ComparisonOperator]?.(value, Threshold) ?? false);
}

/** The metrics that the log of an occurrence emits, whose only call is answered so. */
async function metricsOfPull(answer: Answerer): Promise<PeriodValues> {
  const from = definePull({
    kind: 'one',
    source: 'segment',
    operations: ['listWorkspaces'],
    start: 1,
    step: (_state, answers) =>
      answers.length === 0 ? { calls: [{ operation: 'listWorkspaces', request: {} }] } : {},
  });
  const run = askMave(() => ({ message: 'Why?' }));
  const world = new PullWorld([{ name: 'pulls', from, every: '7d', run }]);
  world.answer = answer;
  await world.pull('pulls', 'first');
  const sums: Record<string, number> = {};
  const write = (line: string): void => {
    for (const [name, value] of Object.entries(JSON.parse(line) as Record<string, unknown>)) {
      if (name in metricUnits) {
        sums[name] = (sums[name] ?? 0) + Number(value);
      }
    }
  };
  const log = new Log({ service: 'service', namespace: 'MaveraTriggers', now: () => 1_000, write });
  for (const report of world.reports) {
    logPull(log, report);
  }
  return sums;
}

describe('every alarm', () => {
  it.each(all)('is within the limits of CloudWatch: %s', (_name, properties) => {
    const { EvaluationPeriods, DatapointsToAlarm, Metrics = [] } = properties;
    const period = periodOf(properties);
    expect(period % 60).toBe(0);
    expect(EvaluationPeriods * period).toBeLessThanOrEqual(period < 3_600 ? 86_400 : 7 * 86_400);
    expect(DatapointsToAlarm).toBeLessThanOrEqual(EvaluationPeriods);
    expect(Metrics.length).toBeLessThanOrEqual(10);
    expect(JSON.stringify(Metrics)).not.toMatch(/SEARCH|METRICS\(/);
  });

  it.each(all)('uses metrics that are emitted, with their dimensions: %s', (_name, properties) => {
    const emitted = emittedMetrics();
    const ours = metricsOfAlarm(properties).filter(({ namespace }) => namespace === 'MaveraTriggers');
    expect(ours.map(asEmitted).filter((metric) => !emitted.has(metric))).toEqual([]);
    expect(metricsOfAlarm(properties).length).toBeGreaterThan(0);
  });

  it.each(all)('notifies the topic when it goes off and when it is over: %s', (_name, properties) => {
    expect(properties.AlarmActions).toEqual([alarmTopicArn]);
    expect(properties.OKActions).toEqual([alarmTopicArn]);
  });

  it('notifies nobody without a topic', () => {
    for (const properties of alarmsOf(monitoringStack({ alarmTopic: undefined }).stack).values()) {
      expect(properties).not.toHaveProperty('AlarmActions');
      expect(properties).not.toHaveProperty('OKActions');
    }
  });

  it('is accepted by the security checks', () => {
    const { app } = monitoringStack();
    addSecurityChecks(app);
    expect(() => app.synth()).not.toThrow();
  });
});

describe('the alarms that roll back a release', () => {
  it('are those of refusals, failures and latency for the receiver, of crashes for runner and dispatcher', () => {
    const names = (found: readonly unknown[]): readonly string[] =>
      [...monitoring.alarms].filter(([, made]) => found.includes(made)).map(([name]) => name);
    expect(names(monitoring.receiverAlarms)).toEqual([
      'ReleaseRefusesRequests',
      'ReceiverFailures',
      'ReceiverLatency',
    ]);
    expect(names(monitoring.runnerAlarms)).toEqual(['RunnerCrashes']);
    expect(names(monitoring.dispatcherAlarms)).toEqual(['DispatcherFailures']);
  });

  it.each([
    'ReleaseRefusesRequests',
    'ReceiverFailures',
    'ReceiverLatency',
    'RunnerCrashes',
    'DispatcherFailures',
  ])('can go off within the five minutes of a gradual release: %s', (name) => {
    expect(alarm(name).DatapointsToAlarm * periodOf(alarm(name))).toBeLessThanOrEqual(300);
  });
});

describe('SignatureFailures', () => {
  it.each([
    ['one wrong signature, while others are right', { wrong: 1, accepted: 1_000 }, true],
    [
      "a stranger's unsigned requests, while signed ones are accepted",
      { missing: 1_000, accepted: 1 },
      false,
    ],
    ["a stranger's few unsigned requests, while nothing comes from Segment", { missing: 9 }, false],
    ['unsigned requests instead of signed ones: Segment has lost the secret', { missing: 10 }, true],
    ['accepted requests', { accepted: 1_000 }, false],
    ['nothing', {}, false],
  ])('judges %s: %o', (_what, values, bad) => {
    expect(isBad('SignatureFailures', values)).toBe(bad);
  });
});

describe('the alarm of a source', () => {
  it.each([
    ['SegmentRefused', 'wrong', true],
    ['SegmentRefused', 'signed', true],
    ['SegmentRefused', 'failed', false],
    ['SendGridRefused', 'wrong', true],
    ['SendGridRefused', 'signed', true],
    ['SendGridRefused', 'failed', false],
    ['SegOpsRefused', 'wrong', true],
    ['SegOpsRefused', 'signed', true],
    // SegOps sends nothing again, so each request that fails is lost.
    ['SegOpsRefused', 'failed', true],
  ])('%s goes off at the first request that is lost (%s: %s)', (name, what, bad) => {
    expect(isBad(name, {})).toBe(false);
    expect(isBad(name, { [what]: 1 })).toBe(bad);
  });

  it.each([
    ['SegmentRefused', 'segment', 'Segment'],
    ['SendGridRefused', 'sendgrid', 'SendGrid'],
    ['SegOpsRefused', 'segops', 'SegOps'],
  ])('%s watches its own source alone, and names it', (name, source, title) => {
    const sources = metricsOfAlarm(alarm(name)).map(({ dimensions }) => dimensions.source);
    expect([...new Set(sources)]).toEqual([source]);
    expect(alarm(name).AlarmDescription).toContain(`Requests to the path of ${title} `);
  });

  const namesWith = (...sources: readonly SourceName[]): readonly string[] =>
    [...alarmsOf(monitoringStack({ sources: new Set(sources) }).stack).keys()].filter((name) =>
      ['SegmentRefused', 'SendGridRefused', 'SegOpsRefused'].includes(name),
    );

  it('is there for each source that is open, unless Segment is the only one', () => {
    expect(namesWith('segment')).toEqual([]);
    expect(namesWith('segment', 'segops')).toEqual(['SegmentRefused', 'SegOpsRefused']);
    expect(namesWith('sendgrid')).toEqual(['SendGridRefused']);
  });

  it('watches all requests where its source is the only one, because then no metric is emitted by source', () => {
    const only = alarmsOf(monitoringStack({ sources: new Set(['segops']) }).stack).get('SegOpsRefused');
    const dimensions = only === undefined ? [] : metricsOfAlarm(only).map((metric) => metric.dimensions);
    expect(dimensions.length).toBeGreaterThan(0);
    expect(dimensions.filter((one) => 'source' in one)).toEqual([]);
  });
});

describe('ReleaseRefusesRequests', () => {
  it.each([
    ["a stranger's unsigned requests", { refused: 30, accepted: 20 }, false],
    ["a stranger's one wrong signature", { wrong: 1, refused: 1, accepted: 20 }, false],
    [
      "a stranger's flood of wrong signatures, while the new version accepts others",
      { taken: 1, wrong: 900, refused: 900, accepted: 9 },
      false,
    ],
    ['a new version that takes each signature for wrong', { wrong: 2, refused: 2, accepted: 18 }, true],
    [
      'a new version that takes signed requests for unsigned, or answers them 400',
      { refused: 6, accepted: 54 },
      true,
    ],
    ['a new version that has not been called yet', { accepted: 500 }, false],
    ['nothing', {}, false],
  ])('judges %s: %o', (_what, values, bad) => {
    expect(isBad('ReleaseRefusesRequests', values)).toBe(bad);
  });

  it('compares the version that is released with both versions together', () => {
    const dimensions = (alarm('ReleaseRefusesRequests').Metrics ?? []).flatMap(({ Id, MetricStat }) =>
      MetricStat === undefined
        ? []
        : [[Id, MetricStat.Metric.Dimensions?.map(({ Name, Value }) => `${Name} ${Value}`)]],
    );
    const both = 'service mavera-triggers-test';
    const released = [both, 'version 42'];
    expect(Object.fromEntries(dimensions)).toEqual({
      taken: released,
      wrong: released,
      refused: released,
      accepted: [both],
    });
  });
});

describe('SignedRequestsRefused', () => {
  it('goes off at the first request with a right signature that is answered 400, 404, 405 or 413', () => {
    expect(isBad('SignedRequestsRefused', { SignedRequestsRefused: 1 })).toBe(true);
    expect(isBad('SignedRequestsRefused', {})).toBe(false);
  });
});

describe('ReceiverFailures', () => {
  it.each([
    ['3 of 299 requests', { failed: 3, crashed: 0, requests: 299 }, true],
    ['3 of 300', { failed: 3, crashed: 0, requests: 300 }, false],
    ['2 of 2', { failed: 2, crashed: 0, requests: 2 }, false],
    ['crashes alone, without a line of the function', { failed: undefined, crashed: 3, requests: 3 }, true],
    ['crashes and failures together', { failed: 1, crashed: 2, requests: 10 }, true],
    ['the same events posted twice at once by two mappings', { failed: 40, busy: 40, requests: 120 }, false],
    ['failures among requests that were only busy', { failed: 43, busy: 40, requests: 120 }, true],
    ['nothing', {}, false],
  ])('judges %s: %o', (_what, values, bad) => {
    expect(isBad('ReceiverFailures', values)).toBe(bad);
  });
});

describe('ReceiverLatency', () => {
  it('goes off before the 5 s after which Segment stops waiting, and not for a single minute', () => {
    expect(alarm('ReceiverLatency')).toMatchObject({ Threshold: 3_500, ExtendedStatistic: 'p99' });
    expect(isBad('ReceiverLatency', { Latency: 3_501 })).toBe(true);
    expect(isBad('ReceiverLatency', { Latency: 3_500 })).toBe(false);
    expect(alarm('ReceiverLatency').DatapointsToAlarm).toBeGreaterThan(1);
  });
});

describe('RunsWaitTooLong', () => {
  const healthySeconds = 15 * 60 + visibilityTimeout.toSeconds() + 10 * 60;
  const halfMs = runDeadline.toMilliseconds() / 2;

  it.each([
    ['an old message of the run queue', { intake: healthySeconds + 1 }, true],
    ['an old message of the ready queue', { ready: healthySeconds + 1 }, true],
    ['a backlog of bulk that is still being admitted', { bulk: healthySeconds + 1 }, false],
    ['a message of bulk that is older than half of the deadline', { bulk: halfMs / 1000 + 1 }, true],
    ['an old run', { run: halfMs + 1 }, true],
    [
      'what is as old as it may be',
      { intake: healthySeconds, ready: healthySeconds, bulk: halfMs / 1000, run: halfMs },
      false,
    ],
    ['nothing', {}, false],
  ])('judges %s: %o', (_what, values, bad) => {
    expect(isBad('RunsWaitTooLong', values)).toBe(bad);
  });

  it('watches the oldest message of each queue of runs', () => {
    const watched = (alarm('RunsWaitTooLong').Metrics ?? []).flatMap(({ Id, MetricStat }) =>
      MetricStat?.Metric.MetricName === 'ApproximateAgeOfOldestMessage'
        ? [[Id, MetricStat.Metric.Dimensions?.map(({ Value }) => Value).join()]]
        : [],
    );
    expect(Object.fromEntries(watched)).toEqual({ intake: 'runs', ready: 'ready', bulk: 'bulk' });
  });

  it('has periods as long as a run may wait without reporting its age', () => {
    expect(periodOf(alarm('RunsWaitTooLong'))).toBeGreaterThanOrEqual(15 * 60);
    expect(alarm('RunsWaitTooLong').DatapointsToAlarm).toBe(1);
  });
});

describe('ParkedRunsTooOld', () => {
  const halfMs = runDeadline.toMilliseconds() / 2;

  it('goes off for a parked run that has waited for half of its deadline', () => {
    expect(isBad('ParkedRunsTooOld', { OldestParkedAge: halfMs + 1 })).toBe(true);
    expect(isBad('ParkedRunsTooOld', { OldestParkedAge: halfMs })).toBe(false);
    expect(alarm('ParkedRunsTooOld').Metrics).toMatchObject([{ MetricStat: { Stat: 'Maximum' } }]);
  });

  it('stays off while nothing is parked, and follows a shorter deadline', () => {
    expect(isBad('ParkedRunsTooOld', {})).toBe(false);
    const { stack: other } = monitoringStack({ runDeadline: Duration.hours(1) });
    expect(alarmsOf(other).get('ParkedRunsTooOld')?.Threshold).toBe(30 * 60 * 1000);
  });
});

describe('DispatcherNotFinished', () => {
  it('goes off if no pass was finished for five minutes', () => {
    expect(isBad('DispatcherNotFinished', { finished: 1 })).toBe(false);
    expect(isBad('DispatcherNotFinished', { finished: undefined })).toBe(true);
    const properties = alarm('DispatcherNotFinished');
    expect(properties.EvaluationPeriods * periodOf(properties)).toBe(300);
  });

  it('takes missing data as no pass at once, where CloudWatch would look further back', () => {
    const { Metrics, TreatMissingData } = alarm('DispatcherNotFinished');
    const expression = Metrics?.find(({ Expression }) => Expression !== undefined)?.Expression ?? '';
    expect(evaluateExpression(expression, { finished: undefined })).toBe(0);
    expect(TreatMissingData).toBe('breaching');
  });
});

describe('DispatcherFailures', () => {
  it('goes off at the second failure within five minutes', () => {
    expect(isBad('DispatcherFailures', { Errors: 2 })).toBe(true);
    expect(isBad('DispatcherFailures', { Errors: 1 })).toBe(false);
    expect(isBad('DispatcherFailures', {})).toBe(false);
    expect(alarm('DispatcherFailures')).toMatchObject({ Namespace: 'AWS/Lambda', MetricName: 'Errors' });
    expect(JSON.stringify(alarm('DispatcherFailures').Dimensions)).toContain('the-dispatcher');
  });
});

describe('DeadLetters', () => {
  it('goes off at the first dead letter', () => {
    expect(isBad('DeadLetters', { ApproximateNumberOfMessagesVisible: 1 })).toBe(true);
    expect(isBad('DeadLetters', { ApproximateNumberOfMessagesVisible: 0 })).toBe(false);
  });
});

describe('BreakerOpen', () => {
  it.each([{ opened: 1 }, { held: 1 }, { keyless: 1 }])('goes off if Mavera is not called: %o', (values) => {
    expect(isBad('BreakerOpen', values)).toBe(true);
  });

  it('stays while the breaker is open, even if runs report only every half hour', () => {
    const { EvaluationPeriods, DatapointsToAlarm } = alarm('BreakerOpen');
    expect(EvaluationPeriods * periodOf(alarm('BreakerOpen'))).toBeGreaterThanOrEqual(30 * 60);
    expect(DatapointsToAlarm).toBe(1);
    expect(isBad('BreakerOpen', {})).toBe(false);
  });
});

describe('the alarms of a budget', () => {
  it('go off at 80 and at 100 percent of the fullest budget', () => {
    expect(isBad('BudgetNearlySpent', { BudgetUsed: 79.9 })).toBe(false);
    expect(isBad('BudgetNearlySpent', { BudgetUsed: 80 })).toBe(true);
    expect(isBad('BudgetSpent', { BudgetUsed: 99.9 })).toBe(false);
    expect(isBad('BudgetSpent', { BudgetUsed: 100 })).toBe(true);
  });

  it.each(['BudgetNearlySpent', 'BudgetSpent'])(
    'stay as they are until a run reports another value: %s',
    (name) => {
      expect(alarm(name)).toMatchObject({
        TreatMissingData: 'ignore',
        Metrics: [{ MetricStat: { Stat: 'Maximum' } }],
      });
    },
  );

  it.each(['BudgetNearlySpent', 'BudgetSpent'])(
    'evaluate more time than a run waits before it asks for its budget again: %s',
    (name) => {
      expect(periodOf(alarm(name)) * alarm(name).EvaluationPeriods).toBeGreaterThan(15 * 60);
      expect(alarm(name).DatapointsToAlarm).toBe(1);
    },
  );
});

describe('Throttles', () => {
  it.each(['receiver', 'runner', 'dispatcher', 'puller', 'reads', 'writes', 'index', 'parked'])(
    'goes off if only one of them is throttled: %s',
    (what) => {
      expect(isBad('Throttles', { [what]: 1 })).toBe(true);
    },
  );

  it('uses metrics that DynamoDB has for table and indexes, not those for single operations', () => {
    const ofTable = metricsOfAlarm(alarm('Throttles')).filter(
      ({ namespace }) => namespace === 'AWS/DynamoDB',
    );
    expect(ofTable.map(({ name, dimensions }) => [name, dimensions])).toEqual([
      ['ReadThrottleEvents', { TableName: 'the-ledger' }],
      ['WriteThrottleEvents', { TableName: 'the-ledger' }],
      ['WriteThrottleEvents', { GlobalSecondaryIndexName: 'RunsByDay', TableName: 'the-ledger' }],
      ['WriteThrottleEvents', { GlobalSecondaryIndexName: 'Parked', TableName: 'the-ledger' }],
    ]);
  });
});

describe('the alarms of pulls', () => {
  it('exist only with a pull', () => {
    const names = [...alarmsOf(monitoringStack({ pull: undefined }).stack).keys()];
    expect(names.filter((name) => name.startsWith('Pull'))).toEqual([]);
    expect([...alarms.keys()].filter((name) => name.startsWith('Pull'))).toHaveLength(4);
  });

  it('PullFailed goes off for a pull that failed, and for one that did not end in its time', async () => {
    const answers: readonly (readonly [string, Answerer])[] = [
      ['failed', () => ({ kind: 'refused', error: { status: 400, code: 'bad_input' } })],
      ['late', (_call, nowMs) => ({ kind: 'busy', untilMs: nowMs + 600_000 })],
      ['done', () => ({ kind: 'answered', json: {} })],
    ];
    const judged = [];
    for (const [what, answer] of answers) {
      judged.push([what, isBad('PullFailed', await metricsOfPull(answer))]);
    }
    expect(judged).toEqual([
      ['failed', true],
      ['late', true],
      ['done', false],
    ]);
  });

  it.each([
    ['a period with a crash', { crashed: 1 }, true],
    ['a period with a delivery that was reported as failed', { failed: 1 }, true],
    ['a message that nobody takes', { oldest: 3_601 }, true],
    ['a message that waits, and is worked on again after a crash', { oldest: 3_600 }, false],
    ['nothing', {}, false],
  ])('PullQueueStuck judges %s: %o', (_what, values, bad) => {
    expect(isBad('PullQueueStuck', values)).toBe(bad);
  });

  it('PullQueueStuck goes off at the second failure of one message, which comes back after the visibility timeout', () => {
    const { DatapointsToAlarm, EvaluationPeriods } = alarm('PullQueueStuck');
    expect(DatapointsToAlarm).toBe(2);
    expect(EvaluationPeriods * periodOf(alarm('PullQueueStuck'))).toBeGreaterThan(3 * 16 * 60);
    const watched = JSON.stringify(alarm('PullQueueStuck').Metrics);
    expect(watched).toContain('"pulls"');
    expect(watched).toContain('function:the-puller');
  });

  it('PullDeadLetters goes off at the first step or start that was set aside', () => {
    expect(isBad('PullDeadLetters', { ApproximateNumberOfMessagesVisible: 1 })).toBe(true);
    expect(isBad('PullDeadLetters', {})).toBe(false);
    expect(metricsOfAlarm(alarm('PullDeadLetters'))).toMatchObject([
      { dimensions: { QueueName: 'pull-dead-letters' } },
    ]);
  });

  it('PullStartLost goes off at the first start that could be delivered to neither of the queues', () => {
    expect(isBad('PullStartLost', { InvocationsFailedToBeSentToDeadLetterCount: 1 })).toBe(true);
    expect(isBad('PullStartLost', {})).toBe(false);
    expect(metricsOfAlarm(alarm('PullStartLost'))).toMatchObject([
      {
        namespace: 'AWS/Scheduler',
        name: 'InvocationsFailedToBeSentToDeadLetterCount',
        dimensions: { ScheduleGroup: 'the-pulls' },
      },
    ]);
  });
});

describe('RunnerCrashes', () => {
  it.each([
    ['two crashes', { crashed: 2 }, true],
    ['two deliveries that were reported as failed', { crashed: 0, failed: 2 }, true],
    ['one of each', { crashed: 1, failed: 1 }, true],
    ['only one', { crashed: 1 }, false],
    ['nothing', {}, false],
  ])('judges %s: %o', (_what, values, bad) => {
    expect(isBad('RunnerCrashes', values)).toBe(bad);
  });
});

describe('NoEvents', () => {
  it('exists only with alarmWhenNoEventsFor', () => {
    expect(alarmsOf(monitoringStack({ alarmWhenNoEventsFor: undefined }).stack).has('NoEvents')).toBe(false);
  });

  it.each([1, 6, 24])('goes off after %i hours without events, and not before', (hours) => {
    const { stack: other } = monitoringStack({ alarmWhenNoEventsFor: Duration.hours(hours) });
    const properties = alarmsOf(other).get('NoEvents') as AlarmProperties;
    expect(properties.EvaluationPeriods * periodOf(properties)).toBe(hours * 3_600);
    expect(properties.DatapointsToAlarm).toBe(properties.EvaluationPeriods);
  });

  it('takes missing data as no events at once, where CloudWatch would look further back', () => {
    const expression = alarm('NoEvents').Metrics?.find(
      ({ Expression }) => Expression !== undefined,
    )?.Expression;
    expect(evaluateExpression(expression ?? '', { received: undefined })).toBe(0);
    expect(isBad('NoEvents', { received: undefined })).toBe(true);
    expect(alarm('NoEvents').TreatMissingData).toBe('breaching');
    expect(isBad('NoEvents', { received: 1 })).toBe(false);
  });
});
