import type { CreditBalance } from './credits.ts';
import { isGenerating } from './resources/focusGroup.ts';
import type { Simulation } from './simulation.ts';

/** The greatest counts since the start, refused calls included. A client must keep them below the limits. */
export interface Peaks {
  /** Of one key, within any 60 seconds. */
  readonly callsPerWindow: number;
  readonly concurrentMaveCalls: number;
  /** Generations under way, not calls. */
  readonly concurrentFocusGroups: number;
}

/** What `GET /__simulator/state` answers, besides what it does for every simulator. */
export interface SimulationState {
  readonly requestsPerMinute: number;
  readonly credits: CreditBalance;
  readonly peaks: Peaks;
  readonly personas: number;
  readonly threads: number;
  readonly focusGroups: number;
  /** The focus groups that are not finished. */
  readonly generatingFocusGroups: number;
}

export function simulationPeaks({ account, limits }: Simulation): Peaks {
  return {
    callsPerWindow: limits.greatest,
    concurrentMaveCalls: account.maveCap.greatest,
    concurrentFocusGroups: account.focusGroupCap.greatest,
  };
}

export function simulationState(simulation: Simulation): SimulationState {
  const { account } = simulation;
  const focusGroups = [...account.focusGroups.values()];
  return {
    requestsPerMinute: account.requestsPerMinute,
    credits: account.credits.balance(),
    peaks: simulationPeaks(simulation),
    personas: account.personas.size,
    threads: account.threads.size,
    focusGroups: focusGroups.length,
    generatingFocusGroups: focusGroups.filter((group) => isGenerating(group, account.now())).length,
  };
}
