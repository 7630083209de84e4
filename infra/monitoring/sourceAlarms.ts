import type { SourceName } from '../../functions/sources/source.ts';
import type { AlarmDefinition, AlarmName } from './alarmDefinition.ts';
import { MonitoredMetrics, math, orZero } from './MonitoredMetrics.ts';
import type { MonitoringProps } from './MonitoringProps.ts';

/** The alarm of a source, and what becomes of events that are not accepted. */
const alarmsBySource: Readonly<
  Record<SourceName, { readonly name: AlarmName; readonly title: string; readonly loss: string }>
> = {
  segment: {
    name: 'SegmentRefused',
    title: 'Segment',
    loss: 'Segment does not send them again: their events are lost.',
  },
  sendgrid: {
    name: 'SendGridRefused',
    title: 'SendGrid',
    loss: 'SendGrid sends them again for 24 hours; then their events are lost.',
  },
  segops: {
    name: 'SegOpsRefused',
    title: 'SegOps',
    loss: 'SegOps sends nothing again: their events are lost.',
  },
};

/**
 * For each source the alarm that names it. A receiver of one source emits no metrics by source: then those of all requests
 * are the source's. Segment alone needs no such alarm.
 */
export function alarmsOfSources({
  serviceName,
  sources,
}: MonitoringProps): Partial<Record<AlarmName, AlarmDefinition>> {
  if (sources.size === 1 && sources.has('segment')) {
    return {};
  }
  const alarms: Partial<Record<AlarmName, AlarmDefinition>> = {};
  for (const source of sources) {
    const { name, title, loss } = alarmsBySource[source];
    const own = new MonitoredMetrics(serviceName, sources.size === 1 ? {} : { source });
    const metrics = {
      wrong: own.sum('SignatureRefused'),
      signed: own.sum('SignedRequestsRefused'),
      // The other sources try again after a 5xx.
      ...(source === 'segops' ? { failed: own.sum('RequestsFailed') } : {}),
    };
    const answers = source === 'segops' ? '4xx or 5xx' : '4xx';
    alarms[name] = {
      metric: math(`lost of ${title}`, Object.keys(metrics).map(orZero).join(' + '), metrics),
      threshold: 1,
      description: `Requests to the path of ${title} had a wrong signature, or a right one and were answered ${answers}. If ${title} sent them: ${loss}`,
    };
  }
  return alarms;
}
