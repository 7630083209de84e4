import type { PaceAccuracy } from '../../pace/paceAccuracy.ts';
import { atMost } from '../limit.ts';
import type { Figures } from '../row.ts';

/** Whether the runner stays within Mavera's rate limit, and how much of it is used. */
export function paceRows(pace: PaceAccuracy): readonly Figures[] {
  return backlogRows(`a backlog at ${pace.limit} calls a minute`, pace);
}

/** How a backlog is worked off. */
export function backlogRows(backlog: string, pace: PaceAccuracy): readonly Figures[] {
  return [
    {
      name: `${backlog}: most calls in any 60 s`,
      receiver: pace.mostInWindow,
      digits: 0,
      limit: atMost(pace.limit),
    },
    { name: '  … calls that Mavera refused with 429', receiver: pace.refused, digits: 0, limit: atMost(0) },
    {
      name: '  … share of the limit that is not used: %',
      receiver: 100 - 100 * pace.shareUsed,
      digits: 1,
      limit: atMost(5),
    },
    { name: '  … worked off in: s', receiver: pace.seconds, digits: 0 },
  ];
}
