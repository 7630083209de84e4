import { Color, type IWidget, SingleValueWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { MonitoredMetrics, math } from '../MonitoredMetrics.ts';
import type { MonitoringProps } from '../MonitoringProps.ts';
import { graph, width } from './widget.ts';

/** What does it cost in credits? */
export function creditWidgets(props: MonitoringProps): readonly IWidget[] {
  const own = new MonitoredMetrics(props.serviceName);
  const { budgetCredits, monthlyCredits } = props;
  const hourly = own.sum('CreditsUsed', 'in an hour', Duration.hours(1));
  return [
    graph('Credits used', [hourly], {
      right: [math('since the left edge', 'RUNNING_SUM(FILL(hourly, 0))', { hourly }, Duration.hours(1))],
      rightYAxis: { min: 0, showUnits: false },
      rightAnnotations: [
        ...(budgetCredits === 0
          ? []
          : [{ value: budgetCredits, label: 'budgetCredits', color: Color.ORANGE }]),
        ...(monthlyCredits === undefined ? [] : [{ value: monthlyCredits, label: 'plan', color: Color.RED }]),
      ],
    }),
    graph('The fullest budget', [own.metric('BudgetUsed', 'Maximum', 'spent or reserved')], {
      unit: '%',
      leftAnnotations: [
        { value: 80, color: Color.ORANGE },
        { value: 100, color: Color.RED },
      ],
    }),
    new SingleValueWidget({
      title: "The account's remaining credits",
      width,
      height: 6,
      metrics: [own.metric('AccountCreditsRemaining', 'Minimum', 'as Mavera counts them', Duration.hours(1))],
      sparkline: true,
    }),
  ];
}
