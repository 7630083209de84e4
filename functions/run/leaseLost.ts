/** Another delivery has taken the run over, because this delivery's lease had ended. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor() {
    super('Another delivery has taken this run over; this message will find the run finished or waiting');
  }
}

/**
 * Stops this delivery when the run is no longer its own.
 *
 * @throws LeaseLostError
 */
export function assertLeased(isLeased: boolean): void {
  if (!isLeased) {
    throw new LeaseLostError();
  }
}
