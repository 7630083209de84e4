/** Another delivery has taken the run over, since this one's lease had run out. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor() {
    super('Another delivery has taken this run over; it will be found finished or waiting');
  }
}
