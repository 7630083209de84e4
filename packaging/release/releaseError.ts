/** Something is wrong with the release, and the message says what to do. */
export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
}
