/** Returns a function that writes a line to stderr, after the seconds since now. */
export function progressLines(): (line: string) => void {
  const startedAtMs = performance.now();
  return (line) => {
    const seconds = Math.round((performance.now() - startedAtMs) / 1000);
    process.stderr.write(`${String(seconds).padStart(5)} s  ${line}\n`);
  };
}
