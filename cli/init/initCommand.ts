import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { recipeNames, UnknownRecipeError } from '../../local/recipes/recipeNames.ts';
import type { Answers } from './answers.ts';
import { InitError } from './initError.ts';
import { filesText, nextSteps } from './initReport.ts';
import { install } from './install.ts';
import { makeApp } from './makeApp.ts';
import { newActions, newTriggers } from './newTrigger.ts';
import {
  parseAction,
  parseBudget,
  parseCooldown,
  parseEvent,
  parseSources,
  usualCooldown,
  watchedEvents,
} from './parseAnswers.ts';
import { inWords } from './planFiles.ts';
import { askAnswers } from './questions/askAnswers.ts';
import { onTerminal } from './questions/terminal.ts';

interface Flags {
  readonly source?: string;
  readonly event?: readonly string[];
  readonly action?: string;
  readonly cooldown?: string;
  readonly budget?: string;
  readonly recipe?: string;
  readonly yes?: true;
  readonly install: boolean;
  readonly dryRun?: true;
}

/** `mavera-triggers init`. @param usage how the command is called */
export function initProgram(usage: string): Command {
  return new Command(usage)
    .description(
      'Makes an app in this folder, or in a new one: triggers, a CDK app, example events and a test. It asks what is to be ' +
        'watched, or takes options. No file that is there is overwritten.',
    )
    .argument('[folder]', 'where; it is made if it is not there', '.')
    .option('--source <names>', 'segment, sendgrid or segops; several with commas (default: segment)')
    .option(
      '--event <name>',
      'what to watch; may be repeated; sendgrid:<name> or segops:<segment> for another source (default: churn_signal)',
      (value: string, before: readonly string[] = []) => [...before, value],
    )
    .option('--action <name>', `${Object.keys(newActions).join(', ')} (default: askMave)`)
    .option(
      '--cooldown <duration>',
      `one run a customer in this time: 90m, 24h, 7d or none (default: ${usualCooldown})`,
    )
    .option('--budget <credits>', 'credits a month for each trigger, or none (default: for the action)')
    .addOption(
      new Option('--recipe <name>', 'begin with a recipe').conflicts([
        'source',
        'event',
        'action',
        'cooldown',
        'budget',
      ]),
    )
    .option('--yes', 'ask nothing: take the defaults of what no option says')
    .option('--no-install', 'do not run npm install')
    .option('--dry-run', 'show what would be written, and write nothing')
    .addHelpText('after', helpText)
    .showHelpAfterError('(add --help to see how it is used)')
    .action(init);
}

function helpText(): string {
  return `
Recipes: ${recipeNames().join(', ')}

Examples:
  npx mavera-triggers init
  npx mavera-triggers init research --event trial_started --event plan_upgraded
  npx mavera-triggers init --source sendgrid --event "Email Opened" --action updatePersona
  npx mavera-triggers init --recipe contact-personas`;
}

async function init(folder: string, flags: Flags): Promise<void> {
  const isDryRun = flags.dryRun === true;
  const hasTriggers = existsSync(join(folder, 'triggers.ts'));
  const answers = hasTriggers ? undefined : await answersOf(flags);
  const { files, remarks } = makeApp(folder, answers, isDryRun);
  const own = hasTriggers ? [keptTriggers(flags)] : [];
  console.log([filesText(files, isDryRun), ...own, ...remarks].join('\n'));
  if (isDryRun) {
    return;
  }
  const isInstalled = flags.install && (await installShown(folder));
  const place = relative('.', resolve(folder));
  console.log(`\n${nextSteps(place, isInstalled)}`);
}

async function installShown(folder: string): Promise<boolean> {
  console.log('\nnpm install (a minute or two at the first time)');
  const isInstalled = await install(folder);
  if (!isInstalled) {
    console.error('npm install failed: see what it printed, and run it again. Nothing else is missing.');
    process.exitCode = 1;
  }
  return isInstalled;
}

/** With a triggers file, nothing is asked: this completes what a run before has begun, or adds an app to a triggers file. */
function keptTriggers(flags: Flags): string {
  const given = hasFlags(flags) ? answersOfFlags(flags) : undefined;
  const others = given === undefined ? '' : ` New it would have: ${describe(given)}.`;
  return `triggers.ts is there and stays as it is, with its events and tests.${others}`;
}

async function answersOf(flags: Flags): Promise<Answers> {
  if (hasFlags(flags) || flags.yes === true) {
    return answersOfFlags(flags);
  }
  if (process.stdin.isTTY && process.stdout.isTTY) {
    const answers = await onTerminal(askAnswers);
    console.log('');
    return answers;
  }
  const defaults = answersOfFlags(flags);
  console.log(
    `Nobody can answer questions here, so these defaults are taken: ${describe(defaults)}.\n` +
      'Options name others: npx mavera-triggers init --help\n',
  );
  return defaults;
}

function hasFlags({ source, event, action, cooldown, budget, recipe }: Flags): boolean {
  return [source, event, action, cooldown, budget, recipe].some((flag) => flag !== undefined);
}

function answersOfFlags(flags: Flags): Answers {
  const { recipe } = flags;
  if (recipe !== undefined) {
    if (!recipeNames().includes(recipe)) {
      throw new UnknownRecipeError(recipe);
    }
    return { kind: 'recipe', recipe };
  }
  const sources = flags.source === undefined ? [] : parseSources(flags.source);
  const named = (flags.event ?? []).map((event) => parseEvent(event, sources[0] ?? 'segment'));
  const action = parseAction(flags.action ?? 'askMave');
  const cooldown = parseCooldown(flags.cooldown ?? usualCooldown);
  const budget = parseBudget(flags.budget ?? String(newActions[action].monthlyCredits));
  return {
    kind: 'events',
    triggers: newTriggers(watchedEvents(sources, named), { action, cooldown, budget }),
  };
}

function describe(answers: Answers): string {
  if (answers.kind === 'recipe') {
    return `the recipe ${answers.recipe}`;
  }
  const [{ cooldown, budget } = {}] = answers.triggers;
  const limits = [
    cooldown === undefined ? 'no cooldown' : `a cooldown of ${cooldown}`,
    budget === undefined ? 'no budget' : `${budget.toLocaleString('en')} credits a month each`,
  ];
  return `${answers.triggers.map(inWords).join('; ')}; ${limits.join(', ')}`;
}

/** Errors that the user can fix. */
export const initErrors = [InitError, UnknownRecipeError];
