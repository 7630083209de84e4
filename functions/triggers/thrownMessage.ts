/** What something that was thrown says of itself: a function of a triggers file may throw anything, with any message. */
export function thrownMessage(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return `a value of type ${typeof thrown}`;
  }
}
