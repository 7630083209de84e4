import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type MetricName,
  metricsBySource,
  metricsByTrigger,
  metricsByVersion,
  metricUnits,
} from '../../functions/observability/metrics.ts';
import { projectRoot } from '../bundling/projectRoot.ts';
import { withRows } from './table.ts';

const metricNames = Object.keys(metricUnits) as MetricName[];

/** Writes the table of `docs/metrics.md`. */
export function withMetricsTable(page: string): string {
  const sentences = metricSentences();
  const rows = metricNames.map((name) => [
    `\`${name}\``,
    metricUnits[name],
    dimensionsOf(name).join('; '),
    sentences.get(name) ?? '',
  ]);
  return withRows(page, ['metric', 'unit', 'dimensions', 'meaning'], rows);
}

/** Each set of dimensions that a metric is emitted with. */
function dimensionsOf(name: MetricName): readonly string[] {
  return [
    '`service`',
    ...(metricsByTrigger.includes(name) ? ['`service`, `trigger`'] : []),
    ...(metricsByVersion.includes(name) ? ['`service`, `version`'] : []),
    ...(metricsBySource.includes(name) ? ['`service`, `source`'] : []),
  ];
}

/**
 * The comment above each metric. The sentences are comments, because what the functions do not need at run time would
 * only make their bundles larger.
 */
export function metricSentences(): ReadonlyMap<string, string> {
  const source = readFileSync(join(projectRoot, 'functions/observability/metrics.ts'), 'utf8');
  const documented = source.matchAll(
    /\/\*\*((?:(?!\*\/).)*)\*\/\s+(\w+): '(?:Count|Milliseconds|Percent)'/gs,
  );
  return new Map(
    [...documented].map(([, comment = '', name = '']) => [
      name,
      comment.replaceAll(/\s*\n\s*\*\s*/g, ' ').trim(),
    ]),
  );
}
