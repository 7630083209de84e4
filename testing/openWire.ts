import type { SimulatedTime } from '../simulators/time/simulatedTime.ts';
import type { CheckedOptions } from './trialOptions.ts';
import type { TrialLookups } from './wire/lookups.ts';
import { TrialMavera } from './wire/mavera.ts';
import { Wire } from './wire/wire.ts';

/** The network of a trial: Mavera as a simulator, and the other systems as far as lookups and reports need them. */
export function openWire(time: SimulatedTime, lookups: TrialLookups, options: CheckedOptions): Wire {
  const mavera = new TrialMavera({ ...options, time });
  return new Wire(
    {
      mavera: (call, caller) => {
        const isGiven = call.operation === 'listWorkspaces' && lookups.isGiven(call, caller);
        return isGiven ? lookups.answer(call, caller) : mavera.answer(call, caller);
      },
      segment: lookups.answer,
      segmentProfiles: lookups.answer,
      segmentTracking: () => ({ status: 200, body: { success: true } }),
      sendgrid: lookups.answer,
      segops: (call, caller) =>
        call.operation === 'sendToSegops' ? { status: 202, body: {} } : lookups.answer(call, caller),
    },
    time.now,
  );
}
