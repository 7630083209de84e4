import type { RunMessage } from '../../../functions/queue/runMessage.ts';
import type { DoneRun } from '../../../functions/results/reportContent.ts';
import { segmentReport } from '../../../functions/results/segmentReport.ts';
import { segopsReport } from '../../../functions/results/segopsReport.ts';
import type { SegmentEvent } from '../../../functions/sources/segment/event.ts';
import { thrownMessage } from '../../../functions/triggers/shown.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import type { ReportShown } from './finding.ts';

/** What would be reported of a run that is done; nothing of an event without a user. */
export function reportsOf(
  trigger: Trigger,
  runId: string,
  event: SegmentEvent,
  result: Readonly<Record<string, unknown>>,
): readonly ReportShown[] {
  const message: RunMessage = {
    version: 1,
    runId,
    trigger: trigger.name,
    source: 'segment',
    route: 'default',
    receivedAtMs: 0,
    deadlineAtMs: 0,
    event: structuredClone(event),
  };
  const run: DoneRun = {
    message,
    trigger,
    creditsUsed: undefined,
    result: JSON.stringify(result),
    finishedAtMs: 0,
  };
  return [
    ...shown('Segment', () =>
      segmentReport(run).map(({ type, event: name, traits }) => [String(name ?? type), traits]),
    ),
    ...shown('SegOps', () =>
      segopsReport(run).map(({ event_type: name, payload }) => [
        name,
        name === 'context_identified' ? payload : undefined,
      ]),
    ),
  ];
}

/** The name of each event with its traits, or what a function of the trigger threw. */
function shown(
  to: ReportShown['to'],
  make: () => readonly (readonly [name: string, traits: unknown])[],
): readonly ReportShown[] {
  try {
    return make().map(([event, traits]) => ({ to, event, ...(traits === undefined ? {} : { traits }) }));
  } catch (error) {
    return [{ to, problem: `identify cannot be used: ${thrownMessage(error)}` }];
  }
}
