/** Why the bench cannot measure; its message is shown alone, without a stack. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}
