/** Enough characters to tell a run's id from others. */
const shownCharacters = 8;

/** A run's id as lists show it; every command accepts it instead of the whole id. */
export function shortRunId(runId: string): string {
  return runId.slice(0, shownCharacters);
}
