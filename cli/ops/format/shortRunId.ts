/** As many characters of a run's id as tell it from others. */
const shownCharacters = 8;

/** A run's id as lists show it; every command takes it in place of the whole one. */
export function shortRunId(runId: string): string {
  return runId.slice(0, shownCharacters);
}
