import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { recipeNames } from '../../local/recipes/recipeNames.ts';
import { eventsFile } from './files/eventsFile.ts';
import { pullTestFile, testFile } from './files/testFile.ts';
import { type NewTrigger, newTriggers, type WatchedEvent } from './newTrigger.ts';
import type { PlannedFile } from './plannedFile.ts';

const limits = { cooldown: undefined, budget: undefined };

/** The events that start the triggers of `event-triggers`, with their actions. */
const eventTriggers: readonly NewTrigger[] = [
  ...newTriggers(ofSegment('trial_started', 'feature_milestone'), { ...limits, action: 'createPersona' }),
  ...newTriggers(ofSegment('plan_upgraded', 'churn_signal', 'Audience Entered'), {
    ...limits,
    action: 'askMave',
  }),
];

function ofSegment(...names: readonly string[]): readonly WatchedEvent[] {
  return names.map((name) => ({ source: 'segment', name }));
}

/** What a recipe needs besides its triggers file: files of the app by their path, and where they come from. */
const besides: Readonly<Record<string, Readonly<Record<string, string | NewTrigger>>>> = {
  'email-device-geo-personas': { 'events/opens.ndjson': 'examples/sendgrid/opens.ndjson' },
  'event-triggers': Object.fromEntries(eventTriggers.map((one) => [`events/${one.name}.ndjson`, one])),
  'segops-recomputed': { 'events/segments.ndjson': 'examples/segops/segments.ndjson' },
  'unified-persona': { 'customers.csv': 'examples/recipes/customers.csv' },
};

/** A recipe, and what it does in one line. */
export interface RecipeChoice {
  readonly name: string;
  readonly title: string;
}

/** All recipes, with the headings of their pages. */
export function recipeChoices(): readonly RecipeChoice[] {
  return recipeNames().map((name) => {
    const page = readFileSync(join(projectRoot, `docs/recipes/${name}.md`), 'utf8');
    return { name, title: /^# (.+)$/m.exec(page)?.[1] ?? name };
  });
}

/** The files of an app that begins as a recipe, `triggers.ts` last. */
export function recipeFiles(name: string): readonly PlannedFile[] {
  const others = Object.entries(besides[name] ?? {}).map(([path, from]) => ({
    path,
    content:
      typeof from === 'string'
        ? readFileSync(join(projectRoot, from), 'utf8')
        : eventsFile(from, eventTriggers),
    about: path.startsWith('events/') ? 'example events' : 'the ids of customers, which the recipe reads',
  }));
  return [
    ...others,
    {
      path: 'test/triggers.test.ts',
      content: name === 'event-triggers' ? testFile(eventTriggers) : pullTestFile(),
      about: 'a test of the triggers',
    },
    {
      path: 'triggers.ts',
      content: readFileSync(join(projectRoot, `examples/recipes/${name}.ts`), 'utf8'),
      about: `the triggers of the recipe ${name}`,
    },
  ];
}
