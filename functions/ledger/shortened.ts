/** Ids and sentences are for people to find and read; an item and a message have limits. */
const maxCharacters = 1_000;

/** A text cut to what the ledger and the results topic keep of ids and sentences; no character is cut in half. */
export function shortened(value: string | undefined): string | undefined {
  return value === undefined || value.length <= maxCharacters
    ? value
    : `${value.slice(0, maxCharacters).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
