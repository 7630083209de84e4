import type { OperationCall, PullAnswer, StepContext, Told } from '../pulls/pull.ts';
import type { TriggerPull } from '../pulls/pullOf.ts';
import { describeSchemaError, isSchemaError } from '../schema/schemaError.ts';
import { shown, thrownMessage, unknownFields } from '../triggers/shown.ts';
import { type CallPlace, type CallsStopped, jsonOf, makeCalls, maxStateBytes, sizeOf } from './makeCalls.ts';
import type { StepDependencies } from './pullDependencies.ts';

/** A step that asks more often goes in a circle. */
const maxRounds = 20;
const maxCalls = 100;
const longestWaitMs = 365 * 86_400_000;
const stepFields: ReadonlySet<string> = new Set(['calls', 'events', 'next', 'waitMs']);

/** What a step came to. */
export type StepOutcome =
  | {
      readonly kind: 'told';
      readonly told: Told<unknown>;
      readonly calls: number;
      readonly rows: number;
    }
  | CallsStopped;

/**
 * Takes one step of a pull: it is asked until it needs no more calls. It starts from what is stored, however often it is
 * taken.
 */
export async function takeStep(
  { pull, trigger }: TriggerPull,
  stored: unknown,
  context: StepContext,
  untilMs: number,
  dependencies: StepDependencies,
): Promise<StepOutcome> {
  const place: CallPlace = { trigger: trigger.name, untilMs };
  // A step may change the state that it is given.
  const before = jsonOf(stored);
  let state = stored;
  let answers: readonly PullAnswer[] = [];
  let calls = 0;
  let rows = 0;
  for (let round = 0; round < maxRounds; round += 1) {
    const step = stepOf(pull.step.bind(pull), state, answers, context);
    if (step.kind === 'failed') {
      return step;
    }
    if (step.step.calls === undefined || step.step.calls.length === 0) {
      return checked(step.step as Told<unknown>, before, calls, rows);
    }
    if (step.step.calls.length > maxCalls) {
      return failed(`a step asked for ${step.step.calls.length} calls at once; the most are ${maxCalls}`);
    }
    const stray = step.step.calls.find(
      (call) => !('rows' in call) && !pull.operations.includes(call.operation),
    );
    if (stray !== undefined) {
      const { operation } = stray as Partial<OperationCall>;
      return failed(`a step asked for ${String(operation)}, which is not in the pull's operations`);
    }
    const made = await makeCalls(step.step.calls, place, dependencies);
    if (made.kind !== 'answered') {
      return made;
    }
    ({ answers } = made);
    calls += step.step.calls.length;
    rows += made.rows;
    state = step.step.next ?? state;
  }
  return failed(`a step asked for calls ${maxRounds} times and told nothing`);
}

type PureStep =
  | { readonly kind: 'step'; readonly step: ReturnType<TriggerPull['pull']['step']> }
  | Extract<CallsStopped, { readonly kind: 'failed' }>;

/** The step of a user may throw anything. */
function stepOf(
  step: TriggerPull['pull']['step'],
  state: unknown,
  answers: readonly PullAnswer[],
  context: StepContext,
): PureStep {
  try {
    const returned: unknown = step(state, answers, context);
    const problem = problemOfStep(returned);
    return problem === undefined
      ? { kind: 'step', step: returned as ReturnType<TriggerPull['pull']['step']> }
      : failed(problem);
  } catch (thrown) {
    const why = isSchemaError(thrown)
      ? `an answer is not of the documented shape: ${describeSchemaError(thrown)}`
      : `its step threw: ${thrownMessage(thrown)}`;
    return failed(why);
  }
}

/** A mistake that would otherwise look like a pull that has found nothing. */
function problemOfStep(returned: unknown): string | undefined {
  if (returned instanceof Promise) {
    return 'its step returned a promise: a step makes no calls itself, but returns what to call';
  }
  if (typeof returned !== 'object' || returned === null || !areLists(returned)) {
    return 'its step must return an object, whose `calls` or `events` are lists';
  }
  const [unknown] = unknownFields(returned, stepFields);
  return unknown === undefined ? undefined : `its step returned ${unknown}`;
}

function areLists({ calls, events }: { readonly calls?: unknown; readonly events?: unknown }): boolean {
  return [calls, events].every(
    (list) =>
      list === undefined ||
      (Array.isArray(list) && list.every((one) => typeof one === 'object' && one !== null)),
  );
}

/** @param before the state that the step was given, as JSON */
function checked(told: Told<unknown>, before: string | undefined, calls: number, rows: number): StepOutcome {
  const { next, waitMs = 0 } = told;
  if (!Number.isFinite(waitMs) || waitMs > longestWaitMs) {
    return failed(`waitMs: expected milliseconds, up to 365 days, got ${shown(waitMs)}`);
  }
  const json = next === undefined ? '' : jsonOf(next);
  if (json === undefined) {
    return failed('`next` is not JSON: it has a BigInt, contains itself, or is a function');
  }
  const bytes = Buffer.byteLength(json);
  if (bytes > maxStateBytes) {
    return failed(`its state is ${sizeOf(bytes)}, and 100 KB can be kept; gather less, or in coarser groups`);
  }
  // Such as a system whose next page is always the same one.
  return json === before && !(waitMs > 0)
    ? failed('its `next` is the state that the step was given, without waitMs, so it would never end')
    : { kind: 'told', told, calls, rows };
}

function failed(what: string): Extract<CallsStopped, { readonly kind: 'failed' }> {
  return { kind: 'failed', detail: `The pull cannot go on: ${what}` };
}
