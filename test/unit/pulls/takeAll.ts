import { expect } from 'vitest';
import { operationPath } from '../../../functions/access/decide.ts';
import { operations } from '../../../functions/access/operations.ts';
import type {
  OperationCall,
  Pull,
  PullAnswer,
  PullCall,
  PulledItem,
  RowsCall,
  RowsPlace,
} from '../../../functions/pulls/pull.ts';

export const startedAtMs = Date.parse('2026-11-20T12:00:00Z');
export const notFound: PullAnswer = { found: false, value: undefined };

/** The answer of a file that has more rows than were taken. */
export class FoldedFile {
  readonly value: unknown;
  readonly place: RowsPlace | undefined;

  constructor(value: unknown, place: RowsPlace | undefined) {
    this.value = value;
    this.place = place;
  }
}

/** What a pull came to. */
export interface Taken<Properties> {
  readonly events: readonly PulledItem<Properties>[];
  readonly calls: readonly PullCall[];
  /** After each step that was stored. */
  readonly states: readonly unknown[];
  readonly waitsMs: readonly number[];
}

/** Takes the steps of a pull to its end, with states and answers as JSON carries them. */
export function takeAll<Properties>(
  pull: Pull<Properties>,
  answer: (call: OperationCall & RowsCall, index: number) => unknown,
): Taken<Properties> {
  const events: PulledItem<Properties>[] = [];
  const calls: PullCall[] = [];
  const states: unknown[] = [];
  const waitsMs: number[] = [];
  let state = asJson(pull.start);
  let answers: readonly PullAnswer[] = [];
  for (let rounds = 0; rounds < 1_000; rounds += 1) {
    const step = pull.step(state, answers, { startedAtMs });
    if (step.calls !== undefined && step.calls.length > 0) {
      expect(step.calls.length).toBeLessThanOrEqual(100);
      for (const call of step.calls) {
        expect(problemOf(call, pull)).toBeUndefined();
      }
      answers = step.calls.map((call) => {
        calls.push(call);
        const value = answer(call as OperationCall & RowsCall, calls.length);
        if (value === notFound) {
          return notFound;
        }
        return value instanceof FoldedFile
          ? { found: true, value: asJson(value.value), place: value.place }
          : { found: true, value: asJson(value) };
      });
      state = asJson(step.next ?? state);
    } else {
      events.push(...(step.events ?? []));
      waitsMs.push(step.waitMs ?? 0);
      if (step.next === undefined) {
        return { events, calls, states, waitsMs };
      }
      state = asJson(step.next);
      expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThan(100_000);
      states.push(state);
      answers = [];
    }
  }
  throw new Error('The pull comes to no end');
}

/** Why the gate would not make a call; a pull never makes such a call. */
function problemOf(call: PullCall, { operations: declared }: Pull<unknown>): string | undefined {
  if ('rows' in call) {
    return undefined;
  }
  const built = operationPath(operations[call.operation], call.request);
  if (!built.ok) {
    return built.detail;
  }
  return declared.includes(call.operation) ? undefined : `${call.operation} is not declared`;
}

function asJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
