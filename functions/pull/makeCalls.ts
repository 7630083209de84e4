import type { Operation } from '../access/operation.ts';
import { operations } from '../access/operations.ts';
import { mapConcurrently } from '../aws/mapConcurrently.ts';
import type { Quota } from '../ledger/callQuotas.ts';
import type { OperationCall, PullAnswer, PullCall, RowsCall } from '../pulls/pull.ts';
import { pullAgent } from '../pulls/pullOf.ts';
import type { GateAnswer, StepDependencies } from './pullDependencies.ts';
import { FileGoneError, FileUnavailableError, FileUnreadableError } from './rows/fileErrors.ts';

/** Most bytes of a state, and of what a fold makes of a file. */
export const maxStateBytes = 100_000;
const callsAtOnce = 5;
/** A longer wait is left to the queue, which costs nothing. */
const longestSleepMs = 30_000;
const triesInPlace = 3;

/** Why the calls of a step have no answers. */
export type CallsStopped =
  /** Nothing is wrong: they are made again then. */
  | { readonly kind: 'busy'; readonly untilMs: number; readonly detail: string }
  /** It may pass: they are made again, a limited number of times. */
  | { readonly kind: 'trouble'; readonly detail: string; readonly retryAfterMs?: number | undefined }
  /** It does not pass. */
  | { readonly kind: 'failed'; readonly detail: string };

export interface CallsAnswered {
  readonly kind: 'answered';
  readonly answers: readonly PullAnswer[];
  readonly rows: number;
}

/** Where and until when calls are made. */
export interface CallPlace {
  readonly trigger: string;
  /** When the delivery has to come to an end, in epoch milliseconds. */
  readonly untilMs: number;
}

type CallOutcome =
  | CallsStopped
  | { readonly kind: 'one'; readonly answer: PullAnswer; readonly rows: number };

/** Makes the calls of a step, a few at the same time. The first one that has no answer stops the others. */
export async function makeCalls(
  calls: readonly PullCall[],
  place: CallPlace,
  dependencies: StepDependencies,
): Promise<CallsAnswered | CallsStopped> {
  let stopped: CallsStopped | undefined;
  const outcomes = await mapConcurrently(calls, callsAtOnce, async (call) => {
    if (stopped !== undefined) {
      return undefined;
    }
    const outcome =
      'rows' in call
        ? await foldRows(call, place, dependencies)
        : await callSystem(call, place, dependencies);
    if (outcome.kind === 'one') {
      return outcome;
    }
    stopped ??= outcome;
    return undefined;
  });
  if (stopped !== undefined) {
    return stopped;
  }
  const made = outcomes.filter((outcome) => outcome !== undefined);
  return {
    kind: 'answered',
    answers: made.map(({ answer }) => answer),
    rows: made.reduce((sum, { rows }) => sum + rows, 0),
  };
}

/** Calls a system, and waits where a moment is enough. */
async function callSystem(
  call: OperationCall,
  { trigger, untilMs }: CallPlace,
  dependencies: StepDependencies,
): Promise<CallOutcome> {
  const { now, sleep } = dependencies;
  for (let tries = 1; ; tries += 1) {
    const outcome = await callOnce(call, trigger, dependencies);
    if (outcome.kind !== 'busy' || tries === triesInPlace) {
      return outcome;
    }
    const waitMs = outcome.untilMs - now();
    if (waitMs > longestSleepMs || outcome.untilMs > untilMs) {
      return outcome;
    }
    await sleep(Math.max(0, waitMs));
  }
}

async function callOnce(
  { operation, request }: OperationCall,
  trigger: string,
  { gate, quotas, now }: StepDependencies,
): Promise<CallOutcome> {
  const { quota: known, system }: Operation = operations[operation];
  const of = known === undefined ? undefined : request.path?.[known.by];
  const quota: Quota | undefined =
    known === undefined || of === undefined ? undefined : { name: known.name, of, calls: known.calls };
  // The month may end while the call is made.
  const takenAtMs = now();
  if (quota !== undefined && !(await quotas.take(quota, takenAtMs))) {
    const detail = `The ${quota.calls} calls of ${operation} that ${system} allows in a month are used up`;
    return { kind: 'failed', detail };
  }
  const answer = await gate.call({ agent: pullAgent({ name: trigger }), operation, request });
  if (quota !== undefined && wasNotMade(answer)) {
    await quotas.giveBack(quota, takenAtMs);
  }
  return outcomeOf(answer, `${operation} at ${system}`, now());
}

function wasNotMade({ kind }: GateAnswer): boolean {
  return ['busy', 'no_credentials', 'not_allowed', 'unreachable'].includes(kind);
}

function outcomeOf(answer: GateAnswer, what: string, nowMs: number): CallOutcome {
  switch (answer.kind) {
    case 'answered':
      return { kind: 'one', answer: { found: true, value: answer.json }, rows: 0 };
    case 'busy':
      return { kind: 'busy', untilMs: answer.untilMs, detail: `${what} waits for its rate limit` };
    case 'not_allowed':
      return { kind: 'failed', detail: answer.detail };
    case 'refused':
      return refusalOf(answer.error, what, nowMs);
    case 'blocked':
      return {
        kind: 'trouble',
        detail: `${what}: ${answer.detail}`,
        retryAfterMs: answer.retryAfterMs,
      };
    default:
      return { kind: 'trouble', detail: `${what}: ${answer.detail}` };
  }
}

function refusalOf(
  { status, code, retryAfterMs }: Extract<GateAnswer, { kind: 'refused' }>['error'],
  what: string,
  nowMs: number,
): CallOutcome {
  const detail = `${what} was answered ${status}${code === 'unknown' ? '' : ` (${code})`}`;
  if (status === 404) {
    return { kind: 'one', answer: { found: false, value: undefined }, rows: 0 };
  }
  if (status === 429 && retryAfterMs !== undefined) {
    return { kind: 'busy', untilMs: nowMs + retryAfterMs, detail };
  }
  // A key may be rotating: 401 and 403 may pass.
  const mayPass = status >= 500 || [401, 403, 408, 409, 425, 429].includes(status);
  return mayPass ? { kind: 'trouble', detail, retryAfterMs } : { kind: 'failed', detail };
}

async function foldRows(
  { rows: file, fold }: RowsCall,
  { untilMs }: CallPlace,
  { readRows, now }: StepDependencies,
): Promise<CallOutcome> {
  const signal = AbortSignal.timeout(Math.max(0, untilMs - now()));
  try {
    const { value, rows, place } = await readRows(file, fold, signal);
    const json = jsonOf(value);
    if (json === undefined && value !== undefined) {
      return { kind: 'failed', detail: 'What a fold made of a file is not JSON' };
    }
    const bytes = Buffer.byteLength(json ?? '');
    return bytes > maxStateBytes
      ? { kind: 'failed', detail: `${sizeOf(bytes)} of a file were gathered, and 100 KB can be kept` }
      : { kind: 'one', answer: { found: true, value, place }, rows };
  } catch (error) {
    if (error instanceof FileGoneError) {
      return { kind: 'one', answer: { found: false, value: undefined }, rows: 0 };
    }
    if (error instanceof FileUnavailableError) {
      return { kind: 'trouble', detail: error.message };
    }
    if (error instanceof FileUnreadableError) {
      return { kind: 'failed', detail: error.message };
    }
    // A connection that broke, or an end that is missing. The error may quote the file.
    const detail = signal.aborted
      ? 'The file could not be read in the time of one step'
      : 'The file could not be read to its end';
    return { kind: 'trouble', detail };
  }
}

/** `undefined` for what JSON cannot write. */
export function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** @example '123 KB' */
export function sizeOf(bytes: number): string {
  return `${Math.ceil(bytes / 1000)} KB`;
}
