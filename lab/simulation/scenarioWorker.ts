import { parentPort, workerData } from 'node:worker_threads';
import type { ScenarioResult } from './scenarios/scenario.ts';
import { scenarios, shortScenarios } from './scenarios/scenarios.ts';

/** What a worker is to run. */
export interface WorkerTask {
  readonly name: string;
  readonly isShort: boolean;
  readonly seed: number;
}

/** What a worker says: how far it is, or its result. */
export type WorkerSaying = { readonly line: string } | { readonly result: ScenarioResult };

const { name, isShort, seed } = workerData as WorkerTask;
const say = (saying: WorkerSaying): void => parentPort?.postMessage(saying);
const scenario = (isShort ? shortScenarios : scenarios).find((one) => one.name === name);
if (scenario === undefined) {
  throw new Error(`There is no scenario ${name}`);
}
say({ result: await scenario.run({ seed, progress: (line) => say({ line }) }) });
