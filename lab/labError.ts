/** Why something cannot be measured or proven. Its message is shown alone, without a stack. */
export class LabError extends Error {
  override readonly name = 'LabError';
}
