/** A number of credits for people; nothing for none known. */
export function formatCredits(credits: number | undefined): string {
  return credits === undefined ? '' : credits.toLocaleString('en');
}
