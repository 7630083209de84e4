/**
 * What a persona carries of the run that created it, so that it can be found when the answer was lost.
 *
 * @param runId 40 hex characters, of which the first 16 tell runs apart well enough
 */
export function runMarker(runId: string): string {
  return `[run ${runId.slice(0, 16)}]`;
}
