import type { CreditBalance } from './credits.ts';
import type { ActiveFault } from './faults.ts';
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

/** What `GET /__simulator/state` answers. */
export interface SimulationState {
  readonly requestsPerMinute: number;
  readonly credits: CreditBalance;
  readonly peaks: Peaks;
  readonly calls: number;
  readonly personas: number;
  readonly threads: number;
  readonly focusGroups: number;
  /** The focus groups that are not finished. */
  readonly generatingFocusGroups: number;
  readonly faults: readonly ActiveFault[];
}

export function simulationPeaks({ account, limits }: Simulation): Peaks {
  return {
    callsPerWindow: limits.greatest,
    concurrentMaveCalls: account.maveCap.greatest,
    concurrentFocusGroups: account.focusGroupCap.greatest,
  };
}

export function simulationState(simulation: Simulation): SimulationState {
  const { account, calls, faults } = simulation;
  const focusGroups = [...account.focusGroups.values()];
  return {
    requestsPerMinute: account.requestsPerMinute,
    credits: account.credits.balance(),
    peaks: simulationPeaks(simulation),
    calls: calls.size,
    personas: account.personas.size,
    threads: account.threads.size,
    focusGroups: focusGroups.length,
    generatingFocusGroups: focusGroups.filter((group) => isGenerating(group, account.now())).length,
    faults: faults.active(),
  };
}
