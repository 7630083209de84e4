/// <reference lib="esnext.disposable" />
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { ResultsQueue } from '../scenario/resultsQueue.ts';
import {
  filesOriginOf,
  type ScenarioSimulators,
  startScenarioSimulators,
  systemsOf,
} from '../scenario/scenarioSimulators.ts';
import type { ShowOptions } from '../show.ts';
import { localRedeliverAfterSeconds } from '../system/systemOptions.ts';
import { bootLocalSystem, type LocalSystem } from '../system.ts';
import { isOfCollection } from './drain.ts';
import { firstDispatch } from './firstDispatch.ts';
import { type ObservedRun, observeRuns } from './observedRuns.ts';
import { pullAll } from './occurrences.ts';
import type { Recipe } from './recipe.ts';
import { recipeDifferences } from './recipeDifferences.ts';
import type { RecipesOutcome } from './recipeOutcome.ts';
import { type PostedFile, postFile } from './recipePosts.ts';
import { systemDifferences } from './systemDifferences.ts';

/** That of an Enterprise plan, and credits enough for all recipes. */
const requestsPerMinute = 600;
/** All that Segment allows a space: nothing else asks the stand-in. */
const segmentProfileRequestsPerSecond = 100;
const monthlyCredits = 1_000_000;
const dispatchEverySeconds = 1;
/** All recipes in one triggers file. */
const allRecipesFile = 'examples/recipes/all.ts';

/** What is needed to run recipes. */
export interface RunRecipesOptions extends ShowOptions {
  /** One of them, or all. */
  readonly recipes: readonly Recipe[];
}

/**
 * Runs recipes in one system: posts what they need, starts their pulls, and starts them again where a second occurrence is
 * expected.
 */
export async function runRecipes(options: RunRecipesOptions): Promise<RecipesOutcome> {
  const startedAtMs = Date.now();
  const { recipes, started, onProgress } = options;
  const simulators = await startScenarioSimulators({ requestsPerMinute, monthlyCredits }, started);
  const system = await boot(simulators, options);
  await firstDispatch(system);
  const bootedAtMs = Date.now();
  const results = await ResultsQueue.subscribe(system.clients, system.resources.resultsTopicArn);
  const posted = await postAll(recipes, simulators, system, onProgress);
  const triggers = recipes.flatMap((recipe) => recipe.triggers);
  const common = { system, triggers, mayStay: isOfCollection(triggers), onProgress };
  const first = await pullAll({ ...common, time: 'first', names: pullsOf(recipes, 'pulls') });
  const isRepeated = recipes.some(({ expectation: { again } }) => again !== undefined);
  const again = isRepeated
    ? await pullAll({ ...common, time: 'again', names: pullsOf(recipes, 'again') })
    : undefined;
  const { parked } = again ?? first;
  const runs = await observeRuns(results, system);
  const outcomes = recipes.map((recipe) => {
    const ofRecipe = {
      recipe,
      posted: posted.get(recipe.name) ?? [],
      pulls: [...first.pulls, ...(again?.pulls ?? [])].filter(({ trigger }) => isOf(recipe, trigger)),
      runs: runs.filter(({ trigger }) => isOf(recipe, trigger)),
    };
    return { ...ofRecipe, differences: recipeDifferences(ofRecipe) };
  });
  return {
    recipes: outcomes,
    credits: simulators.mavera.credits().used,
    bootMs: bootedAtMs - startedAtMs,
    runMs: Date.now() - bootedAtMs,
    parked,
    differences: [
      ...first.left,
      ...(again?.left ?? []),
      ...(await systemDifferences({ system, mavera: simulators.mavera, runs, parked })),
    ],
  };
}

/** The pulls of which an occurrence is expected. */
function pullsOf(recipes: readonly Recipe[], time: 'pulls' | 'again'): readonly string[] {
  return recipes.flatMap(({ expectation }) => Object.keys(expectation[time] ?? {}));
}

async function boot(
  simulators: ScenarioSimulators,
  { recipes, started, signal, onProgress, onError }: RunRecipesOptions,
): Promise<LocalSystem> {
  const [recipe, ...others] = recipes;
  const file = others.length > 0 || recipe === undefined ? allRecipesFile : recipe.file;
  const system = await bootLocalSystem({
    maveraBaseUrl: simulators.mavera.baseUrl,
    systems: systemsOf(simulators),
    filesOrigin: filesOriginOf(simulators),
    sendgridPublicKey: simulators.sendgrid.publicKey,
    triggersFile: join(projectRoot, file),
    context: {
      maveraRequestsPerMinute: requestsPerMinute,
      segmentProfileRequestsPerSecond,
      maveraTimeout: '20s',
    },
    redeliverAfterSeconds: localRedeliverAfterSeconds,
    dispatchEverySeconds,
    onProgress,
    onLog: ({ record }) => {
      // A sentence, such as that a pull is done.
      if (record?.record === 'pull' && record.what !== 'started' && typeof record.message === 'string') {
        onProgress(record.message);
      }
    },
    onError,
    signal,
  });
  started.defer(() => system.stop());
  return system;
}

async function postAll(
  recipes: readonly Recipe[],
  simulators: ScenarioSimulators,
  system: LocalSystem,
  onProgress: (step: string) => void,
): Promise<ReadonlyMap<string, readonly PostedFile[]>> {
  const context = { system, simulators, nowMs: Date.now() };
  const posted = new Map<string, readonly PostedFile[]>();
  for (const { name, expectation } of recipes) {
    const files: PostedFile[] = [];
    for (const file of expectation.posts ?? []) {
      onProgress(`posting the events of examples/${file}`);
      files.push(await postFile(file, context));
    }
    posted.set(name, files);
  }
  return posted;
}

function isOf({ triggers }: Recipe, trigger: ObservedRun['trigger']): boolean {
  return triggers.some(({ name }) => name === trigger);
}
