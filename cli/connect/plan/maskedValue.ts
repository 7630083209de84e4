/** What Segment shows in place of a secret: bullets, and perhaps its last characters. */
const mask = /^[•*]{3,}/u;

/** Whether a secret at Segment is ours, as far as it is shown. */
export type Comparison = 'same' | 'different' | 'unknown';

/** @param shown as the Public API gives it */
export function compareSecret(shown: unknown, ours: string): Comparison {
  if (typeof shown !== 'string' || !mask.test(shown)) {
    return shown === ours ? 'same' : 'different';
  }
  const visible = shown.replace(mask, '');
  if (visible === '') {
    return 'unknown';
  }
  return ours.endsWith(visible) ? 'same' : 'different';
}

/** Whether a value holds something masked, at any depth: written back, it would take the place of the secret. */
export function isMasked(value: unknown): boolean {
  if (typeof value === 'string') {
    return /[•]|\*{3,}/u.test(value);
  }
  return typeof value === 'object' && value !== null && Object.values(value).some(isMasked);
}
