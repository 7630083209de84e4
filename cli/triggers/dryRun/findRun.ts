import { type Grants, missingAccess } from '../../../functions/access/grants.ts';
import { followerRunId } from '../../../functions/ledger/keys.ts';
import { builderContext, prepareRequest } from '../../../functions/run/prepareRequest.ts';
import { countAll } from '../../../functions/run/tallyEvents.ts';
import type { SegmentEvent } from '../../../functions/sources/segment/event.ts';
import { comparedPullOf } from '../../../functions/triggers/pulledChain.ts';
import { thrownMessage } from '../../../functions/triggers/shown.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { exampleResult } from './exampleResult.ts';
import type { Finding, RunShown } from './finding.ts';
import type { GivenValues } from './givenValues.ts';
import { lookUpByHand } from './lookUpByHand.ts';
import { reportsOf } from './reportsOf.ts';

/** What decides about a run beside its event. */
export interface RunRules {
  readonly triggers: readonly Trigger[];
  readonly grants: Grants | undefined;
  readonly given: GivenValues;
}

/** The event of a run, and the result that it follows. */
interface RunSubject {
  readonly place: string;
  readonly event: SegmentEvent;
  readonly runId: string;
  readonly followed?: { readonly trigger: string; readonly result: Result; readonly isExample: boolean };
}

type Result = Readonly<Record<string, unknown>>;

/** Finds what a run of a trigger would do, and the runs that would follow it. */
export function findRun(trigger: Trigger, subject: RunSubject, rules: RunRules): readonly Finding[] {
  const finding = findingOf(trigger, subject, rules);
  return finding.outcome === 'run' ? [finding, ...findFollowers(trigger, subject, rules)] : [finding];
}

function findingOf(trigger: Trigger, subject: RunSubject, rules: RunRules): Finding {
  const { grants, given, triggers } = rules;
  const shown = shownOf(trigger, subject);
  const lacking = grants === undefined ? {} : missingAccess(trigger, grants[`trigger/${trigger.name}`] ?? {});
  if (Object.keys(lacking).length > 0) {
    const needs = Object.entries(lacking).map(([resource, level]) => `${level} on ${resource}`);
    const detail = `access.ts does not grant ${needs.join(', ')}`;
    return { ...shown, outcome: 'failed', reason: 'not_allowed', detail };
  }
  try {
    const { values, unknown } = lookUpByHand(trigger, subject.event, given);
    const all = { ...values, ...resultsFor(trigger, subject, triggers) };
    if (unknown.length > 0) {
      const followedBy = followersOf(trigger, triggers).map(({ name }) => name);
      return {
        ...shown,
        outcome: 'looks_up',
        lookups: unknown,
        ...(followedBy.length === 0 ? {} : { followedBy }),
      };
    }
    return isWanted(trigger, subject.event, all)
      ? requestOf(trigger, subject, all, rules)
      : { ...shown, outcome: 'not_wanted' };
  } catch (error) {
    return unbuilt(shown, 'builder_failed', `A function of the trigger threw: ${thrownMessage(error)}`);
  }
}

function requestOf(trigger: Trigger, subject: RunSubject, given: Result, rules: RunRules): Finding {
  const shown = shownOf(trigger, subject);
  const { collect } = trigger;
  const counted = collect?.tally === undefined ? {} : countAll(collect.tally, [subject.event]);
  const all = { ...given, ...counted };
  const prepared = prepareRequest(trigger, { runId: subject.runId, events: [subject.event], given: all });
  if (!prepared.ok) {
    return unbuilt(shown, prepared.reason, prepared.detail);
  }
  const { request, estimatedCredits } = prepared;
  const reports = reportsOf(trigger, subject.runId, subject.event, resultOf(trigger, rules.given));
  const isAbove = trigger.approve !== undefined && estimatedCredits > trigger.approve.above;
  return {
    ...shown,
    outcome: 'run',
    action: trigger.run.kind,
    request,
    estimatedCredits,
    ...(isAbove ? { needsApproval: true } : {}),
    ...(reports.length === 0 ? {} : { reports }),
  };
}

/** A builder may need more of a result than an example has: that is not a mistake in the triggers file. */
function unbuilt(shown: RunShown, reason: string, detail: string): Finding {
  return shown.withExampleResult === true
    ? { ...shown, outcome: 'needs_result', detail }
    : { ...shown, outcome: 'failed', reason, detail };
}

function isWanted(trigger: Trigger, event: SegmentEvent, given: Result): boolean {
  const { only, name } = trigger;
  return only === undefined || only(builderContext(name, structuredClone([event]), given));
}

/** The result of a run: given by hand, or an example. Without an example it is empty, and who uses it says so. */
function resultOf(trigger: Trigger, given: GivenValues): Result {
  return given.result(trigger.name) ?? exampleResult(trigger.run) ?? {};
}

function resultsFor(trigger: Trigger, { followed }: RunSubject, triggers: readonly Trigger[]): Result {
  if (followed === undefined) {
    return {};
  }
  const result = structuredClone(followed.result);
  if (trigger.collect === undefined) {
    return { result };
  }
  const pull = comparedPullOf(trigger, new Map(triggers.map((one) => [one.name, one])));
  return { results: [pull === undefined ? result : { ...result, isNew: true }] };
}

function shownOf({ name }: Trigger, { place, followed }: RunSubject): RunShown {
  return {
    place,
    trigger: name,
    ...(followed === undefined ? {} : { after: followed.trigger }),
    ...(followed?.isExample === true ? { withExampleResult: true } : {}),
  };
}

function followersOf({ name }: Trigger, triggers: readonly Trigger[]): readonly Trigger[] {
  return triggers.filter(({ after }) => after?.name === name);
}

function findFollowers(trigger: Trigger, subject: RunSubject, rules: RunRules): readonly Finding[] {
  const followers = followersOf(trigger, rules.triggers);
  if (followers.length === 0) {
    return [];
  }
  const followed = {
    trigger: trigger.name,
    result: resultOf(trigger, rules.given),
    isExample: rules.given.result(trigger.name) === undefined,
  };
  const { place, event, runId } = subject;
  return followers.flatMap((follower) =>
    findRun(
      follower,
      { place, event, runId: followerRunId(runId, undefined, follower.name), followed },
      rules,
    ),
  );
}
