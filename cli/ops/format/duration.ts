const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A length of time for people, in its two largest units: `0 s`, `4 s`, `12 min`, `1 h 5 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  const rounded = Math.max(0, Math.round(ms / secondMs) * secondMs);
  if (rounded < minuteMs) {
    return `${rounded / secondMs} s`;
  }
  if (rounded < hourMs) {
    return twoUnits(rounded, minuteMs, 'min', secondMs, 's');
  }
  return rounded < dayMs
    ? twoUnits(rounded, hourMs, 'h', minuteMs, 'min')
    : twoUnits(rounded, dayMs, 'd', hourMs, 'h');
}

function twoUnits(ms: number, largeMs: number, large: string, smallMs: number, small: string): string {
  const rest = Math.floor((ms % largeMs) / smallMs);
  return `${Math.floor(ms / largeMs)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}
