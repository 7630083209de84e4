import { counted } from '../format/counted.ts';
import { duration } from '../format/duration.ts';
import type { PullStatus } from './readPulls.ts';

/** All pulls in a line: those that are at work, those that failed last, and their dead letters. */
export function summarizePulls(pulls: readonly PullStatus[], deadLetters: number, nowMs: number): string {
  const named = pulls.flatMap((pull) => describe(pull, nowMs) ?? []);
  const others = pulls.length - named.length;
  return [
    ...named,
    ...(others === 0 ? [] : [`${others} idle`]),
    ...(deadLetters === 0 ? [] : [`${counted(deadLetters, 'dead letter')} (dead-letters list)`]),
  ].join('; ');
}

function describe({ trigger, state, atWork, last }: PullStatus, nowMs: number): string | undefined {
  if (atWork !== undefined) {
    const since = duration(nowMs - atWork.startedAtMs);
    return state === 'overdue'
      ? `${trigger} OVERDUE, started ${since} ago`
      : `${trigger} at work for ${since}`;
  }
  return last?.status === 'failed' ? `${trigger} FAILED ${duration(nowMs - last.endedAtMs)} ago` : undefined;
}
