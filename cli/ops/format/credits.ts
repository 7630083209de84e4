/** A number of credits for people; an empty text for `undefined`. */
export function formatCredits(credits: number | undefined): string {
  return credits === undefined ? '' : credits.toLocaleString('en');
}
