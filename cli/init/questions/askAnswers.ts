import type { SourceName } from '../../../functions/sources/source.ts';
import type { Answers } from '../answers.ts';
import { InitError } from '../initError.ts';
import { type NewAction, newActions, newTriggers, type WatchedEvent, watchedSources } from '../newTrigger.ts';
import { parseBudget, parseCooldown, parseEvent, usualCooldown } from '../parseAnswers.ts';
import { recipeChoices } from '../recipeApp.ts';
import type { Ask } from './terminal.ts';

const beginnings = {
  segment: 'events of Segment: what customers do in your product',
  sendgrid: 'events of SendGrid: what readers do with your e-mails',
  segops: 'segments of SegOps: each time one was computed',
  recipe: 'a recipe: eight whole examples, most of which pull data on a schedule',
} as const;

const actionTexts = Object.fromEntries(
  Object.entries(newActions).map(([name, { does }]) => [name, does]),
) as Readonly<Record<NewAction, string>>;

/** Asks what is to be watched, and what is to be done then. */
export async function askAnswers(ask: Ask): Promise<Answers> {
  showChoices('What should start the research?', beginnings);
  const sources = await ask({
    text: 'Number, or several with commas',
    usual: '1',
    read: (answer) => beginningsOf(answer),
  });
  if (sources === 'recipe') {
    return { kind: 'recipe', recipe: await askRecipe(ask) };
  }
  const events: WatchedEvent[] = [];
  for (const source of sources) {
    events.push(...(await askEvents(ask, source)));
  }
  showChoices('What should happen then?', actionTexts);
  const action = await ask({ text: 'Number', usual: '1', read: (answer) => choiceOf(answer, actionTexts) });
  const onlySegments = sources.every((source) => source === 'segops');
  const cooldown = await ask({
    text: `For how long are further events of the same ${onlySegments ? 'segment' : 'customer'} skipped? 90m, 24h, 7d, or none`,
    usual: usualCooldown,
    read: parseCooldown,
  });
  const budget = await ask({
    text: 'How many credits may each trigger spend in a month? A number, or none',
    usual: String(newActions[action].monthlyCredits),
    read: parseBudget,
  });
  return { kind: 'events', triggers: newTriggers(events, { action, cooldown, budget }) };
}

function beginningsOf(answer: string): readonly SourceName[] | 'recipe' {
  const chosen = [...new Set(answer.split(',').map((one) => choiceOf(one.trim(), beginnings)))];
  const sources = chosen.filter((one) => one !== 'recipe');
  if (sources.length === chosen.length) {
    return sources;
  }
  if (chosen.length > 1) {
    throw new InitError('A recipe is a whole triggers file: choose it alone.');
  }
  return 'recipe';
}

const eventQuestions: Readonly<Record<SourceName, string>> = {
  segment: 'Which events? Their names at Segment, separated by commas',
  sendgrid:
    'Which events? Email Opened, Email Link Clicked, Email Bounced, Unsubscribed, …, separated by commas',
  segops: 'Which segments? Their names at SegOps, separated by commas, or all',
};

async function askEvents(ask: Ask, source: SourceName): Promise<readonly WatchedEvent[]> {
  return await ask({
    text: eventQuestions[source],
    usual: watchedSources[source].usualEvent,
    read: (answer) => {
      const names = new Set(answer.split(',').map((name) => name.trim()));
      return [...names].map((name) => parseEvent(name, source));
    },
  });
}

async function askRecipe(ask: Ask): Promise<string> {
  const titles = Object.fromEntries(recipeChoices().map(({ name, title }) => [name, title]));
  showChoices('Which recipe?', titles);
  return await ask({ text: 'Number', usual: '1', read: (answer) => choiceOf(answer, titles) });
}

function showChoices(question: string, choices: Readonly<Record<string, string>>): void {
  const names = Object.keys(choices);
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name, index) => `  ${index + 1}  ${name.padEnd(width)}  ${choices[name]}`);
  console.log(`\n${question}\n${lines.join('\n')}`);
}

/** A choice by its number or name. */
function choiceOf<Name extends string>(answer: string, choices: Readonly<Record<Name, string>>): Name {
  const names = Object.keys(choices) as Name[];
  const found =
    names[Number(answer) - 1] ?? names.find((name) => name.toLowerCase() === answer.toLowerCase());
  if (found === undefined) {
    throw new InitError(
      `${JSON.stringify(answer)} is none of these: answer with a number from 1 to ${names.length}.`,
    );
  }
  return found;
}
