import type { Grants } from '../../../functions/access/grants.ts';
import { claimKey, type EventIdentity, messageKey, runIdFor } from '../../../functions/ledger/keys.ts';
import { isNestedWithin } from '../../../functions/schema/untrustedJson.ts';
import {
  isConnectionTest,
  isOwnReport,
  type SegmentEvent,
} from '../../../functions/sources/segment/event.ts';
import { type SourceName, sourceNames } from '../../../functions/sources/source.ts';
import { eventKey } from '../../../functions/triggers/eventKey.ts';
import {
  type CompiledTrigger,
  compileTriggers,
  matchCancelledTriggers,
  matchTriggers,
} from '../../../functions/triggers/matchTriggers.ts';
import { thrownMessage } from '../../../functions/triggers/shown.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import type { EventLine } from '../../../simulators/segment/readEvents.ts';
import type { Finding } from './finding.ts';
import { findRun, type RunRules } from './findRun.ts';
import { readElement, sourceOfShape } from './readElement.ts';

/** How the events of files are read, and what is given by hand. */
export interface DryRunRules extends Omit<RunRules, 'triggers'> {
  readonly triggers: readonly Trigger[];
  readonly grants: Grants | undefined;
  readonly route: string;
  /** @default told by the shape of each element */
  readonly source?: SourceName | undefined;
  /** The custom argument of SendGrid that has the user's id. */
  readonly userIdArgument: string;
}

/** Finds the runs that the events of files would start or cancel if they arrived by a route, one after the other. */
export function findRuns(lines: readonly EventLine[], rules: DryRunRules): readonly Finding[] {
  const compiled = new Map(sourceNames.map((name) => [name, compileTriggers(rules.triggers, name)]));
  const seen = new Set<string>();
  return lines.flatMap(elementsOf).flatMap(({ place, element }) => {
    const source = rules.source ?? sourceOfShape(element);
    return findOf(place, element, source, compiled.get(source) ?? [], seen, rules);
  });
}

function findOf(
  place: string,
  element: unknown,
  source: SourceName,
  compiled: readonly CompiledTrigger[],
  seen: Set<string>,
  rules: DryRunRules,
): readonly Finding[] {
  const read = readElement(source, element, rules.userIdArgument);
  if (!read.ok) {
    return [{ place, outcome: 'invalid', detail: read.problem }];
  }
  const { event, filtered } = read;
  const { route } = rules;
  const isOurs = isConnectionTest(event) || isOwnReport(event);
  const matched = isOurs ? [] : matchTriggers(compiled, route, filtered);
  const cancelled = isOurs ? [] : matchCancelledTriggers(compiled, route, filtered);
  if (matched.length + cancelled.length === 0) {
    return [{ place, outcome: 'ignored' }];
  }
  if (!isNestedWithin(element)) {
    return [{ place, outcome: 'invalid', detail: 'the event is nested too deeply' }];
  }
  const identity: EventIdentity = { source, route, messageId: event.messageId, element };
  const message = messageKey(identity);
  const key = claimKey(identity, message);
  if (seen.has(key)) {
    return [{ place, outcome: 'duplicate' }];
  }
  seen.add(key);
  return [
    ...matched.flatMap((trigger) =>
      findRun(trigger, { place, event, runId: runIdFor(identity, message, trigger.name) }, rules),
    ),
    ...cancelled.map((trigger) => cancellationOf(trigger, event, place)),
  ];
}

function cancellationOf({ name, cancelledBy }: Trigger, event: SegmentEvent, place: string): Finding {
  try {
    const key = cancelledBy === undefined ? undefined : eventKey(cancelledBy.per, event);
    return { place, outcome: 'cancels', trigger: name, ...(key === undefined ? {} : { key }) };
  } catch (error) {
    const detail = `The function cancelledBy.per threw: ${thrownMessage(error)}`;
    return { place, outcome: 'failed', trigger: name, reason: 'builder_failed', detail };
  }
}

function elementsOf({ file, line, payload }: EventLine): readonly { place: string; element: unknown }[] {
  return Array.isArray(payload)
    ? payload.map((element: unknown, index) => ({ place: `${file}:${line}[${index}]`, element }))
    : [{ place: `${file}:${line}`, element: payload }];
}
