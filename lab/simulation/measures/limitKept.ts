import type { SimulatedWorld } from '../world/simulatedWorld.ts';

/** Says what was wrong with the rate limit; nothing if every window of 60 s kept it. */
export function limitProblems({ mavera, options }: SimulatedWorld): readonly string[] {
  const refused = mavera.calls.filter(({ status }) => status === 429).length;
  const { requestsPerMinute } = options;
  return [
    ...(mavera.busiestWindow > requestsPerMinute
      ? [`${mavera.busiestWindow} calls within 60 s; the limit is ${requestsPerMinute}`]
      : []),
    ...(refused > 0 ? [`Mavera answered ${refused} calls with 429`] : []),
  ];
}
