/** Something of the package does not hold. The message says what, and what was seen. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
}
