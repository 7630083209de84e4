import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { mapConcurrently } from '../../functions/aws/mapConcurrently.ts';
import type { Scenario, ScenarioResult } from './scenarios/scenario.ts';
import type { WorkerSaying, WorkerTask } from './scenarioWorker.ts';

/** A scenario that was run. */
export interface FinishedScenario {
  readonly scenario: Scenario;
  readonly seconds: number;
  readonly result: ScenarioResult;
}

/** A million parked runs take 2 GB of it. */
const memoryMb = 5_000;
/** More of them would need more memory than a small machine has. */
const mostAtOnce = 2;

/**
 * Runs scenarios, each in a thread of its own, two at once.
 *
 * @param progress takes a line that says how far a scenario is
 */
export async function runScenarios(
  chosen: readonly Scenario[],
  options: { readonly isShort: boolean; readonly seed: number },
  progress: (line: string) => void,
): Promise<readonly FinishedScenario[]> {
  const longestFirst = chosen.toSorted((one, other) => other.seconds - one.seconds);
  const finished = await mapConcurrently(
    longestFirst,
    Math.min(mostAtOnce, availableParallelism()),
    async (scenario) => {
      const startedAtMs = performance.now();
      progress(`${scenario.name}: begins`);
      const result = await inWorker({ ...options, name: scenario.name }, (line) =>
        progress(`${scenario.name}: ${line}`),
      );
      const seconds = Math.round((performance.now() - startedAtMs) / 1000);
      progress(
        `${scenario.name}: ${result.failures.length === 0 ? 'holds' : 'does not hold'}, after ${seconds} s`,
      );
      return { scenario, seconds, result };
    },
  );
  return chosen.flatMap((scenario) => finished.filter((one) => one.scenario === scenario));
}

function inWorker(workerData: WorkerTask, progress: (line: string) => void): Promise<ScenarioResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./scenarioWorker.ts', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    worker.on('message', (saying: WorkerSaying) =>
      'result' in saying ? resolve(saying.result) : progress(saying.line),
    );
    worker.on('error', reject);
    worker.on('exit', (code) =>
      reject(new Error(`The thread of ${workerData.name} ended with code ${code}`)),
    );
  });
}
