import { itemLines, pullText } from './pullText.ts';
import { creditsOf, type RecipeOutcome, type RecipesOutcome } from './recipeOutcome.ts';
import { counted, creditsText, triggerText } from './runsText.ts';

/** What a recipe has come to, for people who see it for the first time: what was pulled, asked and answered. */
export function recipeReport(outcome: RecipeOutcome, all: RecipesOutcome, width: number): string {
  const { recipe, runs } = outcome;
  const triggers = recipe.triggers.filter(({ name }) => runs.some(({ trigger }) => trigger === name));
  return [
    `${recipe.title}\n${recipe.file}, explained in docs/recipes/${recipe.name}.md`,
    ...section('What came in', [...postedLines(outcome), ...pulledLines(outcome, width)]),
    ...triggers.map((trigger) => triggerText(trigger, runs, width)),
    ...section('In all', totalLines(outcome, all)),
  ].join('\n\n');
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${heading}\n${lines.join('\n')}`];
}

function postedLines({ posted }: RecipeOutcome): readonly string[] {
  return posted.map(
    ({ file, events }) => `  ${counted(events, 'event')} of examples/${file}, posted by ${sourceOf(file)}`,
  );
}

function sourceOf(file: string): string {
  const sources = { sendgrid: 'SendGrid', segops: 'SegOps' } as const;
  const [folder = ''] = file.split('/');
  return folder in sources ? sources[folder as keyof typeof sources] : 'Segment';
}

function pulledLines({ recipe, pulls, runs }: RecipeOutcome, width: number): readonly string[] {
  return pulls.flatMap((pull) => {
    const isCatchUp = recipe.triggers.some(({ name, catchUp }) => name === pull.trigger && catchUp);
    return [
      `  ${pullText(pull)}`,
      ...(pull.time === 'first' && isCatchUp ? ['    Of the posts and the pull together:'] : []),
      ...(pull.time === 'first' ? itemLines(pull, runs, width) : []),
    ];
  });
}

function totalLines({ runs }: RecipeOutcome, all: RecipesOutcome): readonly string[] {
  const { credits, bootMs, runMs, parked } = all;
  const done = runs.filter(({ state }) => state === 'done');
  const requests = done.filter(({ request }) => request !== undefined).length;
  return [
    `  ${counted(done.length, 'run')} done, ${counted(requests, 'request')} to Mavera, ${creditsText(creditsOf(runs))} (Mavera counted ${credits.toLocaleString('en')})`,
    ...parked.map(
      ({ trigger }) =>
        `  the first run of ${trigger} waits until the time of its collection is over; its event is in the run that is done`,
    ),
    `  ${(runMs / 1000).toFixed(0)} s, after a boot of ${(bootMs / 1000).toFixed(0)} s`,
  ];
}
