import {
  claimKey,
  type EventIdentity,
  followerRunId,
  messageKey,
  runIdFor,
} from '../../../functions/ledger/keys.ts';
import type { FaultKind } from './fault.ts';
import { messageIds, type Scenario, sourceOf } from './scenario.ts';

/** A call of a protocol: its name, and its number among the calls of that name, from 1. */
export interface Step {
  readonly call: string;
  readonly nth: number;
}

/** One fault at one step. */
export interface FaultPoint {
  readonly step: Step;
  readonly fault: FaultKind;
  /** For a handshake that fails: the number of calls to Mavera before it. */
  readonly handshake?: number;
}

/** Events of one case only, and the faults that their calls meet. */
export interface CrashCase {
  /** Unique; its events' message ids contain it. */
  readonly id: string;
  readonly scenario: Scenario;
  readonly points: readonly FaultPoint[];
}

/** One event's identity in the ledger. */
export interface EventKeys {
  readonly messageId: string;
  readonly claimKey: string;
  readonly runId: string;
  /** The run that follows its run. */
  readonly follower?: { readonly marker: string; readonly runId: string };
}

/** The keys of a case's events in the ledger. */
export function keysOf({ id, scenario }: CrashCase): readonly EventKeys[] {
  return messageIds(id, scenario).map((messageId) => {
    const source = sourceOf(scenario);
    const identity: EventIdentity = { source, route: 'default', messageId, element: {} };
    const message = messageKey(identity);
    const runId = runIdFor(identity, message, scenario.trigger);
    const { follower } = scenario;
    return {
      messageId,
      claimKey: claimKey(identity, message),
      runId,
      ...(follower !== undefined && {
        follower: { marker: followerMarker(messageId), runId: followerRunId(runId, undefined, follower) },
      }),
    };
  });
}

/** What a following run does at Mavera carries it. */
export function followerMarker(messageId: string): string {
  return `${messageId}/follower`;
}

/** Such as `UpdateItem run (2)`. */
export function stepName({ call, nth }: Step): string {
  return nth === 1 ? call : `${call} (${nth})`;
}

/** The case in words, so that it can be repeated. */
export function caseName({ id, scenario, points }: CrashCase): string {
  const faults = points.map(({ step, fault }) => `${fault} at ${stepName(step)}`);
  return `${id}, ${scenario.name}${faults.length === 0 ? '' : `, ${faults.join(' and ')}`}`;
}
