import type { Agent } from './grants.ts';
import type { Operation, Phrase, System } from './operation.ts';
import { type OperationName, operations } from './operations.ts';

/**
 * One line on one outside call: who, what, where, the decision. It holds no key, no body, no path and no id of a person.
 * A read has one record, when it is over; what changes something also has one before it, so that a crash hides no change.
 */
export interface CallRecord {
  readonly record: 'call';
  readonly phase: 'begins' | 'ended' | 'refused';
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly agent: Agent;
  /** `unknown`: the catalogue has no such operation. */
  readonly operation: OperationName | 'unknown';
  readonly system: System;
  /** Such as `mavera.personas`; absent for an unknown operation, like its level. */
  readonly resource?: string | undefined;
  readonly level?: Operation['level'] | undefined;
  /** Absent for a system that is not set up. */
  readonly host?: string | undefined;
  readonly decision: 'allowed' | 'refused';
  /** Why; the end of a sentence. */
  readonly why: string;
  /** The run that it is made for. */
  readonly runId?: string | undefined;
  /** How it ended. `lost`: no answer that can be read came back, so the work may have been done. */
  readonly outcome?: 'answered' | 'refused' | 'blocked' | 'unreachable' | 'lost' | undefined;
  /** HTTP status, if an answer came. */
  readonly status?: number | undefined;
  readonly durationMs?: number | undefined;
  /** Credits that Mavera says it cost. */
  readonly credits?: number | undefined;
  /** Refusals of the same kind since the last record of them, without this one. */
  readonly repeated?: number | undefined;
}

const past: Readonly<Record<Phrase[0], string>> = {
  ask: 'asked',
  create: 'created',
  list: 'listed',
  read: 'read',
  send: 'sent',
  start: 'started',
  update: 'updated',
};

/**
 * A record as a sentence in plain English.
 *
 * @example 'Trigger churn-signal asked Mave a question at app.mavera.io: allowed, it declares askMave. Answered 200 in 21 s, 23 credits. Run 4f2a91.'
 */
export function callSentence(record: CallRecord): string {
  const { operation, system, host, decision, why, runId } = record;
  const [verb, what] = operation === 'unknown' ? (['call', system] as const) : operations[operation].does;
  const did = tense(record, verb);
  const sentences = [
    `${nameOf(record.agent)} ${did} ${what}${host === undefined ? '' : ` at ${host}`}: ${decision}, ${why}.`,
    ...outcomeOf(record),
    ...(runId === undefined ? [] : [`Run ${runId.slice(0, 6)}.`]),
  ];
  return sentences.join(' ');
}

function nameOf(agent: Agent): string {
  const [kind, ...name] = agent.split('/');
  const kinds: Readonly<Record<string, string>> = {
    trigger: 'Trigger',
    pull: 'Pull',
    operator: 'The command',
  };
  return `${kinds[kind ?? ''] ?? kind} ${name.join('/')}`;
}

function tense({ phase, outcome }: CallRecord, verb: Phrase[0] | 'call'): string {
  switch (phase) {
    case 'begins':
      return `is about to ${verb}`;
    case 'refused':
      return `wanted to ${verb}`;
    case 'ended':
      return verb === 'call' || outcome === 'unreachable' ? `tried to ${verb}` : past[verb];
  }
}

function outcomeOf({ phase, outcome, status, durationMs = 0, credits, repeated = 0 }: CallRecord): string[] {
  if (phase === 'refused') {
    const more = repeated === 0 ? [] : [`${repeated} more such calls were refused since the last record.`];
    return ['Nothing was called.', ...more];
  }
  const took = `in ${duration(durationMs)}`;
  switch (outcome) {
    case undefined:
      return [];
    case 'answered':
    case 'refused':
      return [`Answered ${status} ${took}${credits === undefined ? '' : `, ${credits} credits`}.`];
    case 'blocked':
      return [`Something in front of it answered ${status} ${took}.`];
    case 'unreachable':
      return ['There was no connection.'];
    case 'lost':
      return [`No complete answer came ${took}.`];
  }
}

/** `21 s`, `1.2 s`, `0.3 s` */
function duration(ms: number): string {
  return ms >= 10_000 ? `${Math.round(ms / 1_000)} s` : `${(ms / 1_000).toFixed(1)} s`;
}
