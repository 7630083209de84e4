/** What a scenario is run with. */
export interface ScenarioOptions {
  /** The start of all random choices. */
  readonly seed: number;
  /** Takes a line that says how far it is. */
  readonly progress: (line: string) => void;
}

/** A line of a scenario's table. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  /** What it must be; absent if it is only told. */
  readonly must?: string | undefined;
}

/** What a scenario has shown. */
export interface ScenarioResult {
  readonly figures: readonly Figure[];
  /** Each is a sentence; empty if everything held. */
  readonly failures: readonly string[];
}

/** Something that has to hold in simulated hours. */
export interface Scenario {
  /** As on the command line. */
  readonly name: string;
  readonly description: string;
  /** Roughly how long it takes on one core, so that the longest can begin first. */
  readonly seconds: number;
  run(options: ScenarioOptions): Promise<ScenarioResult>;
}

/** A share as percent, with one decimal. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Milliseconds as seconds. */
export function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
