import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answers } from '../../../cli/init/answers.ts';
import { makeApp } from '../../../cli/init/makeApp.ts';
import { type NewAction, newActions, newTriggers, type WatchedEvent } from '../../../cli/init/newTrigger.ts';
import { readElement, sourceOfShape } from '../../../cli/triggers/dryRun/readElement.ts';
import { compileTriggers, matchTriggers } from '../../../functions/triggers/matchTriggers.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { loadTriggers } from '../../../infra/bundling/loadTriggers.ts';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { problemsOfPulls } from '../../../infra/settings/problemsOfPulls.ts';
import { recipeNames } from '../../../local/recipes/recipeNames.ts';
import { temporaryDirectory } from '../../infra/temporaryDirectory.ts';

const everySource: readonly WatchedEvent[] = [
  { source: 'segment', name: 'churn_signal' },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a name that would break out of a template
  { source: 'segment', name: "it's a \\\\ ${name} `of` ours" },
  // The example of an unwanted event has to be another one.
  { source: 'segment', name: 'page_viewed' },
  { source: 'sendgrid', name: 'Email Link Clicked' },
  { source: 'sendgrid', name: 'Email Processed' },
  { source: 'segops', name: 'all' },
  { source: 'segops', name: 'Beta Testers' },
];

const actions = Object.keys(newActions) as NewAction[];

/** Apps for all sources with each action, with and without limits, and one for each recipe. */
const apps: Readonly<Record<string, Answers>> = Object.fromEntries([
  ...actions.map((action): [string, Answers] => [
    `events-${action}`,
    { kind: 'events', triggers: newTriggers(everySource, { action, cooldown: '24h', budget: 1_000 }) },
  ]),
  [
    'no-limits',
    {
      kind: 'events',
      triggers: newTriggers(everySource, { action: 'askMave', cooldown: undefined, budget: undefined }),
    },
  ],
  ...recipeNames().map((recipe): [string, Answers] => [`recipe-${recipe}`, { kind: 'recipe', recipe }]),
]);

const folder = temporaryDirectory();

beforeAll(() => {
  for (const [name, answers] of Object.entries(apps)) {
    makeApp(join(folder, name), answers, false);
  }
});

describe('apps for each source, each action and each recipe', () => {
  it('have types that fit, by their own tsconfig.json', () => {
    const own = JSON.parse(readFileSync(join(folder, 'no-limits/tsconfig.json'), 'utf8'));
    const paths = {
      'mavera-triggers': [join(projectRoot, 'functions/index.ts')],
      'mavera-triggers/segment': [join(projectRoot, 'functions/sources/segment/signRequest.ts')],
      'mavera-triggers/testing': [join(projectRoot, 'testing/index.ts')],
    };
    const compilerOptions = {
      ...own.compilerOptions,
      paths,
      typeRoots: [join(projectRoot, 'node_modules/@types')],
      // Here our own sources are compiled too, not the declarations of the package.
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
    };
    const include = ['*/triggers.ts', '*/test'];
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }));
    const tsc = join(projectRoot, 'node_modules/.bin/tsc');
    const { status, stdout } = spawnSync(tsc, ['-p', folder], { encoding: 'utf8' });
    expect([stdout, status]).toEqual(['', 0]);
  });

  it.each(Object.keys(apps))('pass `triggers check`: %s', (name) => {
    const file = join(folder, name, 'triggers.ts');
    const triggers = loadTriggers(file);
    expect(triggers.length).toBeGreaterThan(0);
    expect(problemsOfPulls(triggers, file)).toEqual([]);
  });

  it.each(Object.entries(apps))(
    'have events that each trigger wants, and one that none wants: %s',
    (name, answers) => {
      const triggers = loadTriggers(join(folder, name, 'triggers.ts'));
      for (const { name: trigger, cooldown } of answers.kind === 'events' ? answers.triggers : []) {
        const wanted = cooldown === undefined ? 2 : 3;
        const found = matchesOf(join(folder, name, `events/${trigger}.ndjson`), triggers);
        expect(found.filter((names) => names.includes(trigger))).toHaveLength(wanted);
        expect(found.filter((names) => names.length === 0)).toHaveLength(1);
        expect(found).toHaveLength(wanted + 1);
      }
    },
  );
});

/** Which triggers want each of the events of a file. */
function matchesOf(file: string, triggers: readonly Trigger[]): readonly (readonly string[])[] {
  const elements = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .flatMap((line): readonly unknown[] => [JSON.parse(line)].flat());
  return elements.map((element) => {
    const source = sourceOfShape(element);
    const read = readElement(source, element, 'user_id');
    const compiled = compileTriggers(triggers, source);
    return read.ok
      ? matchTriggers(compiled, 'default', read.filtered).map((trigger) => trigger.name)
      : ['unread'];
  });
}
