import { type IWidget, LogQueryVisualizationType, LogQueryWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { MonitoringProps } from '../MonitoringProps.ts';

/** What failed, and why? Two tables in each row. */
export function failureWidgets({
  receiverLogGroup,
  runnerLogGroup,
  dispatcherLogGroup,
  pull,
}: MonitoringProps): readonly (readonly IWidget[])[] {
  return [
    [
      table('Last failed runs', runnerLogGroup, [
        'fields @timestamp, trigger, reason, mavera.status, runId',
        'filter message = "run" and outcome = "failed"',
        'sort @timestamp desc',
        'limit 20',
      ]),
      table('Runs by trigger and outcome', runnerLogGroup, [
        'filter message = "run"',
        'stats count(*) as runs, sum(creditsUsed) as credits by trigger, outcome, reason',
        'sort runs desc',
        'limit 50',
      ]),
    ],
    [
      table('Last requests that were not answered 200', receiverLogGroup, [
        'fields @timestamp, status, source, route, detail, version, requestId',
        'filter message = "request" and status != 200',
        'sort @timestamp desc',
        'limit 20',
      ]),
      table('Last invalid events', receiverLogGroup, [
        'fields @timestamp, source, route, invalid, invalidEvents.0.index, invalidEvents.0.problem, requestId',
        'filter message = "request" and invalid > 0',
        'sort @timestamp desc',
        'limit 20',
      ]),
    ],
    [
      table('Last trouble of the runner', runnerLogGroup, trouble),
      table('Last trouble of the receiver', receiverLogGroup, trouble),
    ],
    [table('Last trouble of the dispatcher', dispatcherLogGroup, trouble)],
    ...(pull === undefined ? [] : [pullTables(pull.logGroup)]),
  ];
}

function pullTables(logGroup: ILogGroup): readonly IWidget[] {
  return [
    table('Last pulls', logGroup, [
      'fields @timestamp, trigger, occurrence, status, counts.items, counts.runs, detail',
      'filter record = "pull" and what = "ended"',
      'sort @timestamp desc',
      'limit 20',
    ]),
    table('Last trouble of the puller', logGroup, trouble),
  ];
}

/** Warnings and errors of the functions, and what Lambda logs about a crash or a timeout. */
const trouble: readonly string[] = [
  'fields @timestamp, level, message, error.name, error.message, @message',
  'filter level in ["WARN", "ERROR"] or @message like /Task timed out|Runtime exited|Runtime\\.[A-Z]/',
  'sort @timestamp desc',
  'limit 20',
];

function table(title: string, logGroup: ILogGroup, queryLines: readonly string[]): LogQueryWidget {
  return new LogQueryWidget({
    title,
    width: 12,
    height: 6,
    view: LogQueryVisualizationType.TABLE,
    logGroupNames: [logGroup.logGroupName],
    queryLines: [...queryLines],
  });
}
