/// <reference lib="esnext.disposable" />
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { notBeforeLane } from '../../functions/ledger/parkedIndex.ts';
import { type PullCursor, PullCursors } from '../../functions/ledger/pullCursors.ts';
import { pullOf } from '../../functions/pulls/pullOf.ts';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { LocalSystemError } from '../localSystemError.ts';
import { ResultsQueue } from '../scenario/resultsQueue.ts';
import {
  filesOriginOf,
  type ScenarioSimulators,
  startScenarioSimulators,
  systemsOf,
} from '../scenario/scenarioSimulators.ts';
import type { ShowOptions } from '../show.ts';
import type { ParkedCount } from '../system/parkedRuns.ts';
import { localRedeliverAfterSeconds } from '../system/systemOptions.ts';
import { bootLocalSystem, type LocalSystem } from '../system.ts';
import { type ObservedRun, observeRuns } from './observedRuns.ts';
import type { Recipe } from './recipe.ts';
import { recipeDifferences } from './recipeDifferences.ts';
import type { ObservedPull, RecipesOutcome } from './recipeOutcome.ts';
import { type PostedFile, postFile } from './recipePosts.ts';
import { systemDifferences } from './systemDifferences.ts';

/** That of an Enterprise plan, and credits enough for all recipes. */
const requestsPerMinute = 600;
const monthlyCredits = 1_000_000;
const dispatchEverySeconds = 1;
const drainTimeoutMs = 180_000;

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
  const first = await pullAll('first', recipes, system, onProgress);
  const isRepeated = recipes.some(({ expectation: { again } }) => again !== undefined);
  const again = isRepeated ? await pullAll('again', recipes, system, onProgress) : undefined;
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
    context: { maveraRequestsPerMinute: requestsPerMinute, maveraTimeout: '20s' },
    redeliverAfterSeconds: localRedeliverAfterSeconds,
    dispatchEverySeconds,
    onProgress,
    onError,
    signal,
  });
  started.defer(() => system.stop());
  return system;
}

/** Waits for the dispatcher's first pass. A run is parked only if the dispatcher is known to be alive. */
async function firstDispatch({ dispatcher }: LocalSystem): Promise<void> {
  while (dispatcher.invocations === 0 || dispatcher.busy > 0) {
    await sleep(50);
  }
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

/** What occurrences of pulls have come to, when no work is left. */
interface PullsOutcome {
  readonly pulls: readonly ObservedPull[];
  /** Work that is left although it should not be. */
  readonly left: readonly string[];
  readonly parked: readonly ParkedCount[];
}

/** Starts the pulls of which an occurrence is expected, and waits until no work is left. */
async function pullAll(
  time: ObservedPull['time'],
  recipes: readonly Recipe[],
  system: LocalSystem,
  onProgress: (step: string) => void,
): Promise<PullsOutcome> {
  const expected = recipes.map(({ expectation: { pulls, again = {} } }) =>
    time === 'first' ? pulls : again,
  );
  const names = expected.flatMap((pulls) => Object.keys(pulls));
  const occurrences = new Map<string, string>();
  for (const name of names) {
    onProgress(`starting the pull ${name}${time === 'again' ? ' again' : ''}`);
    occurrences.set(name, await system.startPull(name));
  }
  onProgress('waiting until no work is left');
  const { left, parked } = await drain(system, recipes);
  const ledger = new LedgerTable(system.clients.dynamodb, system.resources.tableName);
  const cursors = await new PullCursors(ledger).read(names);
  const kinds = new Map(
    recipes.flatMap(({ triggers }) => triggers.map((one) => [one.name, pullOf(one)?.pull.kind] as const)),
  );
  const pulls = names.map((trigger) => ({
    trigger,
    kind: kinds.get(trigger) ?? 'pull',
    time,
    ended: endOf(cursors.get(trigger), occurrences.get(trigger)),
  }));
  return { pulls, left, parked };
}

/** Waits for the end of all work. Work that is left in the end does not prevent the report: it is a difference. */
async function drain(
  system: LocalSystem,
  recipes: readonly Recipe[],
): Promise<Pick<PullsOutcome, 'left' | 'parked'>> {
  const collecting = new Set(
    recipes.flatMap(({ triggers }) => triggers.filter(({ collect }) => collect !== undefined)),
  );
  const names = new Set([...collecting].map(({ name }) => name));
  // The first run of a collection waits until its time is over, also if the collection is full earlier.
  const mayStay = ({ lane, trigger }: ParkedCount): boolean => lane === notBeforeLane && names.has(trigger);
  try {
    return { left: [], parked: await system.waitUntilDrained(drainTimeoutMs, mayStay) };
  } catch (error) {
    if (error instanceof LocalSystemError) {
      return { left: [error.message], parked: [] };
    }
    throw error;
  }
}

function endOf(cursor: PullCursor | undefined, occurrence: string | undefined): ObservedPull['ended'] {
  return cursor?.last?.occurrence === occurrence ? cursor?.last : undefined;
}

function isOf({ triggers }: Recipe, trigger: ObservedRun['trigger']): boolean {
  return triggers.some(({ name }) => name === trigger);
}
