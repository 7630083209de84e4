/** Masks a key: only a known prefix and the last four characters of a long key are shown. */
export function maskKey(key: string, prefix = ''): string {
  if (key === '') {
    return '';
  }
  return `${key.startsWith(prefix) ? prefix : ''}…${key.length >= 32 ? key.slice(-4) : ''}`;
}
