import type { TrialRun } from './trialRun.ts';

/** A run in plain words: its state, what was called for it, and its history. */
export function explainRun(run: TrialRun): string {
  const { id, trigger, state, reason, detail, waitsUntil, calls, history, credits } = run;
  const why = reason === undefined ? '' : ` (${reason})`;
  const until = waitsUntil === undefined ? '' : ` until ${waitsUntil}`;
  return [
    `${trigger} ${id.slice(0, 8)}: ${state}${until}${why}${detail === undefined ? '' : `: ${detail}`}`,
    `  expected ${credits.expected} credits, used ${credits.used}`,
    ...calls.map(
      ({ at, system, method, path, status }) => `  ${at} ${method} ${system} ${path} -> ${status}`,
    ),
    ...history.map((line) => `  ${line}`),
  ].join('\n');
}
