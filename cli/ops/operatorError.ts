/** An error that the operator can fix: its message says what is wrong and what to do. Shown without a stack. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}
