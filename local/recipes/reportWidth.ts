/** Where the output is not a terminal. */
const defaultWidth = 120;
const leastWidth = 80;
const greatestWidth = 140;

/** The width of a report's lines: that of the terminal, within bounds. */
export function reportWidth(): number {
  const { columns = defaultWidth } = process.stdout;
  return Math.min(greatestWidth, Math.max(leastWidth, columns));
}
