/** A time in this machine's time zone, e.g. `2026-11-21 14:05:09`. */
export function localTime(ms: number): string {
  const offsetMs = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offsetMs).toISOString().slice(0, 19).replace('T', ' ');
}
