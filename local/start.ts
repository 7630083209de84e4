/// <reference lib="esnext.disposable" />
/**
 * `npm start`: the whole flow on this machine, with the events of an app or the examples of the repository, or recipes of
 * `examples/recipes`. Prints what happened. The exit code is 0 only if everything was as expected.
 */
import { once } from 'node:events';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { TriggersFileError } from '../infra/bundling/loadTriggers.ts';
import { projectRoot } from '../infra/bundling/projectRoot.ts';
import { SynthesisError } from '../infra/synthesize.ts';
import { InvalidEventsError } from '../simulators/segment/readEvents.ts';
import { LocalSystemError } from './localSystemError.ts';
import { interruptedExitCode, onInterrupt } from './onInterrupt.ts';
import { recipeNames, UnknownRecipeError } from './recipes/recipeNames.ts';
import type { Show } from './show.ts';

interface Flags {
  readonly recipe?: string;
  readonly recipes?: true;
}

/** That of a wrong option or name. */
const usageExitCode = 2;

/** In the repository the examples are shown; anywhere else the app in the working directory. */
const isRepository = resolve('.') === projectRoot;

/** How it was started: npm needs a `--` before options. */
const isNpmScript = isRepository || process.env.npm_lifecycle_event === 'start';
const command = isNpmScript ? 'npm start' : 'npx mavera-triggers start';
const options = isNpmScript ? '-- ' : '';

const program = new Command(command)
  .usage(`[${options}--recipe <name> | ${options}--recipes]`)
  .description(
    'Runs the whole flow on this machine, with everything outside simulated. Prints what happened, and ends with exit code 0 ' +
      'only if everything was as expected. ' +
      (isRepository
        ? 'Without an option it sends the events of examples/ to your triggers.'
        : 'Without an option it sends the events of events/*.ndjson to the triggers of triggers.ts, and starts their pulls.'),
  )
  .addOption(
    new Option('--recipe <name>', 'run one recipe of examples/recipes, and show it in full').conflicts(
      'recipes',
    ),
  )
  .option('--recipes', 'run all recipes in one system, and show them as a table')
  .addHelpText('after', helpText)
  .showHelpAfterError(
    `(${command} ${options}--help shows how it is used${isNpmScript ? '; npm needs the -- before options' : ''})`,
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : usageExitCode));
const flags = program.parse().opts<Flags>();

const interrupted = onInterrupt();
// The reader of the output may go away first.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.exit(await main());

function helpText(): string {
  return `
Recipes${isRepository ? ' (docs/recipes.md describes them)' : ''}:
${recipeNames()
  .map((name) => `  ${name}`)
  .join('\n')}

Environment variables, without an option:
  TRIGGERS                another triggers file
  DISPATCH_EVERY_SECONDS  how often the dispatcher starts, 1 to 60; ${isRepository ? '15' : '1'} if it is not set

Examples:
  ${command}
  ${command} ${options}--recipe audience-focus-groups
  ${command} ${options}--recipes`;
}

async function main(): Promise<number> {
  await using started = new AsyncDisposableStack();
  try {
    const interruption = once(interrupted, 'abort').then(() => interrupted.throwIfAborted());
    const show = await chosen();
    const exitCode = await Promise.race([
      show({
        started,
        signal: interrupted,
        onProgress: (step) => console.error(`  ${step}`),
        onError: (error) => console.error(error),
      }),
      interruption,
    ]);
    return exitCode ?? interruptedExitCode;
  } catch (error) {
    return exitCodeOf(error);
  }
}

/** What the options name. It is imported only then: the others need not be there for it. */
async function chosen(): Promise<Show> {
  if (flags.recipe === undefined && flags.recipes === undefined) {
    return isRepository
      ? (await import('./scenario/showScenario.ts')).showScenario
      : (await import('./app/showApp.ts')).showApp;
  }
  const { showRecipes } = await import('./recipes/showRecipes.ts');
  return showRecipes(flags.recipe);
}

function exitCodeOf(error: unknown): number {
  if (interrupted.aborted) {
    return interruptedExitCode;
  }
  const expected = [
    TriggersFileError,
    SynthesisError,
    LocalSystemError,
    InvalidEventsError,
    UnknownRecipeError,
  ];
  console.error(expected.some((kind) => error instanceof kind) ? (error as Error).message : error);
  return error instanceof UnknownRecipeError ? usageExitCode : 1;
}
