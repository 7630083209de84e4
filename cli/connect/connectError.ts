/** An error that the user can fix; the message is a sentence or two with the fix. Holds no secret. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
}
