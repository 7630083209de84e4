import type { SynthesizeOptions } from '../../../infra/synthesize.ts';
import { synthesizeWith } from '../../synthesizeWith.ts';

const probe = import.meta.resolve('./memoryProbe.mjs');

/** What the receiver's timeout is multiplied with. */
export const timeoutFactor = 6;

/**
 * Synthesizes the stack with two differences. Its functions preload the memory probe. And the receiver has more time: the
 * machine may be busy with other work, so that its CPU is judged, not the clock (see `CpuWatch`).
 */
export async function synthesizeForFloods(options: SynthesizeOptions): Promise<void> {
  await synthesizeWith(({ timeoutSeconds, variables }) => {
    const before = variables.NODE_OPTIONS === undefined ? '' : `${variables.NODE_OPTIONS} `;
    const isReceiver = variables.SEGMENT_SECRET_ARN !== undefined;
    return {
      timeoutSeconds: isReceiver ? timeoutSeconds * timeoutFactor : timeoutSeconds,
      variables: { ...variables, NODE_OPTIONS: `${before}--import=${probe}` },
    };
  }, options);
}
