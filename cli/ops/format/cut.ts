/** Puts a text on one line of at most so many characters, for a cell of a table. */
export function cut(text: string, characters: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= characters
    ? line
    : `${line.slice(0, characters - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
