/** What Segment shows instead of a secret: bullets, perhaps after a word, and perhaps its last characters. */
const mask = /^.*(?:[•●∙·█]|\*{3}|x{6}|X{6})/su;

/** Whether a secret at Segment is ours, as far as Segment shows it. */
export type Comparison = 'same' | 'different' | 'unknown';

/**
 * Compares what Segment shows of a secret with ours.
 *
 * @param shown as the Public API gives it
 * @param ours several values during a rotation: each is right
 */
export function compareSecret(shown: unknown, ...ours: readonly string[]): Comparison {
  if (typeof shown !== 'string' || !mask.test(shown)) {
    return ours.some((one) => one === shown) ? 'same' : 'different';
  }
  const visible = shown.replace(mask, '');
  if (visible === '') {
    return 'unknown';
  }
  return ours.some((one) => one.endsWith(visible)) ? 'same' : 'different';
}

/** Whether a value contains something masked, at any depth: written back, it would replace the secret. */
export function isMasked(value: unknown): boolean {
  if (typeof value === 'string') {
    return mask.test(value);
  }
  return typeof value === 'object' && value !== null && Object.values(value).some(isMasked);
}
