import type { SynthesizeOptions } from '../../../infra/synthesize.ts';
import { synthesizeWith } from '../../synthesizeWith.ts';

/**
 * Synthesizes the stack with one queue for all runs, as it was before there was an admission: the receiver sends to the run
 * queue alone, and the runner takes that for the ready queue, where a run may call Mavera at its first delivery.
 */
export async function synthesizeWithOneQueue(options: SynthesizeOptions): Promise<void> {
  await synthesizeWith(({ timeoutSeconds, variables }) => {
    const { RUN_QUEUE_URL, BULK_QUEUE_URL, DEAD_LETTER_QUEUE_URL } = variables;
    const isReceiver = BULK_QUEUE_URL !== undefined;
    const isRunner = DEAD_LETTER_QUEUE_URL !== undefined;
    return {
      timeoutSeconds,
      variables: {
        ...variables,
        ...(isReceiver && { BULK_QUEUE_URL: RUN_QUEUE_URL }),
        ...(isRunner && { READY_QUEUE_URL: RUN_QUEUE_URL }),
      },
    };
  }, options);
}
