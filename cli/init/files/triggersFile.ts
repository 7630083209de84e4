import { filterOf } from '../filterOf.ts';
import type { NewTrigger } from '../newTrigger.ts';
import { actionSource, keySource } from './actionSource.ts';
import { indented, stringSource } from './sourceText.ts';

/**
 * The text of `triggers.ts`.
 *
 * @throws InitError for an event that no filter can hold
 */
export function triggersFile(triggers: readonly NewTrigger[]): string {
  const needsWorkspace = triggers.some(({ action }) => action === 'runFocusGroup');
  const imported = [
    ...new Set(triggers.map(({ action }) => action)),
    'defineTriggers',
    ...(needsWorkspace ? ['maveraWorkspace', 'trigger'] : []),
    'quoted',
  ].sort();
  return [
    importLine(imported),
    '',
    ...(needsWorkspace
      ? [
          '/** Who is asked: the ids of personas at Mavera. Replace this one. */',
          "const panel = ['clx0000000001genz00000000'];",
          '',
        ]
      : []),
    '/**',
    ' * Which events start which Mavera work: the file to edit. After a change, `npm run triggers -- check` says what is wrong, and',
    ' * `npm run triggers -- dry-run events/*.ndjson` shows the requests that would be made. Neither calls anything.',
    ' */',
    'export default defineTriggers([',
    ...triggers.flatMap((trigger, index) => indented(triggerLines(trigger, index === 0), 2)),
    ']);',
    '',
  ].join('\n');
}

function importLine(names: readonly string[]): string {
  const line = `import { ${names.join(', ')} } from 'mavera-triggers';`;
  return line.length <= 110
    ? line
    : `import {\n${names.map((name) => `  ${name},`).join('\n')}\n} from 'mavera-triggers';`;
}

/** The first trigger has the comments. A focus group needs a lookup, which only `trigger()` knows. */
function triggerLines(trigger: NewTrigger, isCommented: boolean): readonly string[] {
  const comment = (text: string): readonly string[] => (isCommented ? [`// ${text}`] : []);
  const { name, watched, action } = trigger;
  const fields = [
    ...comment('Part of the id of each run: a renamed trigger is a new one.'),
    `name: ${stringSource(name)},`,
    ...(watched.source === 'segment' ? [] : [`source: ${stringSource(watched.source)},`]),
    ...comment("Segment's Filter Query Language, on type, event, userId, properties, traits and context."),
    `when: ${stringSource(filterOf(watched))},`,
    ...(action === 'runFocusGroup'
      ? [...comment("Looked up first: the account's workspace."), 'with: { workspace: maveraWorkspace() },']
      : []),
    ...limitLines(trigger, comment),
  ];
  const inside = comment('quoted() marks a value as data: anybody may have written what an event says.');
  if (action !== 'runFocusGroup') {
    return ['{', ...indented([...fields, ...actionSource(trigger, 'run: ', inside)], 2), '},'];
  }
  const options = ['{', ...indented(fields, 2), '},'];
  return ['trigger(', ...indented([...options, ...actionSource(trigger, '', inside)], 2), '),'];
}

function limitLines(
  { watched, cooldown, budget }: NewTrigger,
  comment: (text: string) => readonly string[],
): readonly string[] {
  const whose = watched.source === 'segops' ? 'segment' : 'customer';
  const cooldownLines = [
    ...comment(`One run for each ${whose} in this time; further events are skipped.`),
    `cooldown: { per: ${keySource(watched)}, for: ${stringSource(cooldown ?? '')} },`,
  ];
  const budgetLines = [
    ...comment('What is beyond it waits for the next month.'),
    `budget: { credits: ${creditsSource(budget ?? 0)}, per: 'month' },`,
  ];
  return [...(cooldown === undefined ? [] : cooldownLines), ...(budget === undefined ? [] : budgetLines)];
}

/** With `_` between thousands. */
function creditsSource(credits: number): string {
  return String(credits).replace(/\B(?=(\d{3})+$)/g, '_');
}
