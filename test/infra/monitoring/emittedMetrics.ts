import { Log } from '../../../functions/observability/log.ts';
import {
  type MetricName,
  metricsBySource,
  metricsByTrigger,
  metricsByVersion,
  metricUnits,
} from '../../../functions/observability/metrics.ts';
import { serviceName, type WatchedMetric } from './monitoringStack.ts';

interface Directive {
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

/** Every metric that the functions' log emits, with each set of its dimensions, as a string such as `RunsDone by service`. */
export function emittedMetrics(): ReadonlySet<string> {
  let text = '';
  const write = (line: string): void => {
    text += line;
  };
  const names = Object.keys(metricUnits) as MetricName[];
  const values = Object.fromEntries(names.map((name) => [name, 1]));
  const log = new Log({ service: serviceName, namespace: 'MaveraTriggers', now: () => 1_000, write });
  log.info('run', { trigger: 'plan-upgraded' }, { values, also: { by: 'trigger', names: metricsByTrigger } });
  log.info('request', { version: '42' }, { values, also: { by: 'version', names: metricsByVersion } });
  log.info('request', { source: 'sendgrid' }, { values, also: { by: 'source', names: metricsBySource } });
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { _aws: { CloudWatchMetrics: readonly Directive[] } });
  return new Set(
    lines
      .flatMap(({ _aws }) => _aws.CloudWatchMetrics)
      .flatMap(({ Dimensions, Metrics }) =>
        Dimensions.flatMap((dimensions) => Metrics.map(({ Name }) => `${Name} by ${dimensions.join(', ')}`)),
      ),
  );
}

/** A metric as such a string. Its `service` must be this deployment. */
export function asEmitted({ name, dimensions }: WatchedMetric): string {
  const by = Object.keys(dimensions).map((dimension) =>
    dimension === 'service' && dimensions.service !== serviceName ? 'another service' : dimension,
  );
  return `${name} by ${by.join(', ')}`;
}
