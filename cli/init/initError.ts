/** The app cannot be made as asked. The message says what to change; nothing was written. */
export class InitError extends Error {
  override readonly name = 'InitError';
}
