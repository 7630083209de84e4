/**
 * A fault of the set-up that a person can mend: a port in use, a missing binary, a template that asks for
 * something the local system does not have. Its message is shown alone, without a stack.
 */
export class LocalSystemError extends Error {
  override readonly name = 'LocalSystemError';
}
