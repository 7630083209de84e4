import type { Answers } from './answers.ts';
import { eventsFile } from './files/eventsFile.ts';
import { appFile, cdkFile, ignoredPaths, tsconfigFile } from './files/projectFiles.ts';
import { readmeFile } from './files/readmeFile.ts';
import { testFile } from './files/testFile.ts';
import { triggersFile } from './files/triggersFile.ts';
import { type NewTrigger, newActions, watchedSources } from './newTrigger.ts';
import { packageName } from './packageFile.ts';
import type { PlannedFile } from './plannedFile.ts';
import { recipeFiles } from './recipeApp.ts';

/**
 * The files that belong to the triggers, `triggers.ts` last: if it is there, so are the others.
 *
 * @throws InitError for an event that no filter can hold
 */
export function triggerFiles(answers: Answers): readonly PlannedFile[] {
  if (answers.kind === 'recipe') {
    return recipeFiles(answers.recipe);
  }
  const { triggers } = answers;
  return [
    ...triggers.map((trigger) => ({
      path: `events/${trigger.name}.ndjson`,
      content: eventsFile(trigger, triggers),
      about: 'example events: some that the trigger wants, and one that it does not',
    })),
    {
      path: 'test/triggers.test.ts',
      content: testFile(triggers),
      about: 'tests that sign events and look at the requests to Mavera',
    },
    {
      path: 'triggers.ts',
      content: triggersFile(triggers),
      about: triggers.map(inWords).join('; '),
    },
  ];
}

/** What a trigger does. @example 'churn-signal: "churn_signal" of Segment asks Mave a question, about 50 credits' */
export function inWords({ name, watched, action }: NewTrigger): string {
  const event =
    watched.source === 'segops' && watched.name === 'all'
      ? 'each large segment'
      : JSON.stringify(watched.name);
  return `${name}: ${event} of ${watchedSources[watched.source].title} ${newActions[action].does}`;
}

/** The files around the triggers, without `package.json`. @param ownCdk the text of the project's own `cdk.json` */
export function projectFiles(
  folder: string,
  answers: Answers | undefined,
  ownCdk: string,
): readonly PlannedFile[] {
  return [
    { path: 'app.ts', content: appFile, about: 'the CDK app' },
    {
      path: 'cdk.json',
      content: cdkFile(ownCdk),
      about: '"app": "node app.ts", and the feature flags of the CDK',
    },
    {
      path: 'tsconfig.json',
      content: tsconfigFile,
      about: 'strict types for what Node.js runs without a build',
    },
    { path: '.gitignore', content: `${ignoredPaths.join('\n')}\n`, about: ignoredPaths.join(', ') },
    {
      path: 'README.md',
      content: readmeFile(packageName(folder), answers ?? { kind: 'events', triggers: [] }),
      about: 'the commands of the app, on a page',
    },
  ];
}
