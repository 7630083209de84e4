import type { LedgerItem } from '../../functions/ledger/ledgerTable.ts';
import { readHistory } from '../../functions/ledger/runItem.ts';
import { runKey } from '../../functions/ledger/runLease.ts';
import { performerOf } from '../../functions/mavera/actions/actionPerformers.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import { describeEntry } from '../../functions/run/describeHistory.ts';
import { expectedCreditsOf } from '../../functions/run/prepareRequest.ts';
import { explainReason } from '../../functions/run/reasons.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { TrialLookups } from '../wire/lookups.ts';
import type { WireCall } from '../wire/wireCall.ts';
import type { SentCall, SentLookup, SentReport, TrialRun } from './trialRun.ts';

/** Reads a run from the ledger, and what was called for it. */
export function readRun(
  message: RunMessage,
  trigger: Trigger | undefined,
  { aws, wire, time, blocks }: Deployment,
  lookups: TrialLookups,
): TrialRun {
  const item = aws.table.item(runKey(message.runId));
  const calls = wire.calls.filter(({ caller }) => caller?.runId === message.runId);
  const requests = calls.flatMap(({ system, method, path, body = {} }) =>
    system === 'mavera' && method !== 'GET' ? [{ method, path, body }] : [],
  );
  const collected = item?.collected?.N;
  return {
    id: message.runId,
    trigger: message.trigger,
    ...stateOf(item, time.now(), blocks.get(message.trigger)),
    event: message.event,
    requests,
    lookups: calls.flatMap((call) => lookupOf(call, message, lookups)),
    reports: calls.flatMap(reportOf),
    calls: calls.map(callOf),
    credits: {
      expected: trigger === undefined ? 0 : expectedOf(trigger, requests.at(-1)?.method),
      used: Number(item?.creditsUsed?.N ?? 0),
    },
    ...(item?.result?.S === undefined ? {} : { result: JSON.parse(item.result.S) }),
    ...(collected === undefined ? {} : { collected: Number(collected) }),
    ...(message.after === undefined ? {} : { follows: message.after.runId }),
    history: readHistory(item?.history?.S).map(
      (entry) => `${isoTime(entry.atMs)} ${describeEntry(entry, isoTime)}`,
    ),
  };
}

type State = Pick<TrialRun, 'state' | 'reason' | 'detail' | 'waitsUntil'>;

/** @param block why all parked runs of its trigger wait: a run that came behind others was never told */
function stateOf(item: LedgerItem | undefined, nowMs: number, block: string | undefined): State {
  const state = item?.state?.S;
  if (state === 'done') {
    return { state };
  }
  const kept = item?.reason?.S;
  const reason = kept === 'pace_full' ? (block ?? kept) : kept;
  const detail = item?.detail?.S ?? (reason === undefined ? undefined : explainReason(reason));
  const why = { ...(reason === undefined ? {} : { reason }), ...(detail === undefined ? {} : { detail }) };
  if (state === 'skipped' || state === 'failed') {
    return { state, ...why };
  }
  const untilMs = Number(item?.notBeforeMs?.N ?? 0);
  return { state: 'waiting', ...why, ...(untilMs > nowMs ? { waitsUntil: isoTime(untilMs) } : {}) };
}

/** The update of a persona costs nothing, and the first request of its trigger creates one. */
function expectedOf(trigger: Trigger, method: string | undefined): number {
  const isUpdate = performerOf(trigger.run)?.kind === 'updatePersona' && method === 'PATCH';
  return isUpdate && trigger.run.estimatedCredits === undefined ? 0 : expectedCreditsOf(trigger);
}

function lookupOf(call: WireCall, message: RunMessage, lookups: TrialLookups): readonly SentLookup[] {
  const { system, method, path, caller } = call;
  const name = caller && lookups.nameOf(call, caller, message.event)?.name;
  return name === undefined || system === 'segmentTracking' || system === 'sendgrid'
    ? []
    : [{ name, system, method, path }];
}

function reportOf({ operation, method, path, body = {} }: WireCall): readonly SentReport[] {
  switch (operation) {
    case 'sendToSegment':
      return [{ to: 'segment', method, path, body }];
    case 'sendToSegops':
      return [{ to: 'segops', method, path, body }];
    default:
      return [];
  }
}

function callOf({ atMs, system, method, path, body, status }: WireCall): SentCall {
  return { at: isoTime(atMs), system, method, path, ...(body === undefined ? {} : { body }), status };
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
