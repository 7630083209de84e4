/**
 * An error that the user can fix: a port in use, a missing binary, a template with something that the local system does
 * not support. It is shown as its message alone, without a stack.
 */
export class LocalSystemError extends Error {
  override readonly name = 'LocalSystemError';
}
