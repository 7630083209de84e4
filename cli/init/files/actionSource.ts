import type { NewTrigger, WatchedEvent } from '../newTrigger.ts';
import { samplePropertiesOf } from '../sampleProperties.ts';
import { indented, stringSource } from './sourceText.ts';

/** Mavera takes a name of 100 characters. */
const longestTitle = 60;

/**
 * The source of a trigger's action, which builds the request.
 *
 * @param field what stands before it, such as `run: `
 * @param comments lines of comments inside
 */
export function actionSource(
  { action, watched }: NewTrigger,
  field: string,
  comments: readonly string[],
): readonly string[] {
  const context = action === 'runFocusGroup' ? '({ event, workspace })' : '({ event })';
  const members = indented([...comments, ...requestMembers[action](watched)], 2);
  if (action !== 'updatePersona') {
    return [`${field}${action}(${context} => ({`, ...members, '})),'];
  }
  return [
    `${field}${action}(`,
    ...indented([`${context} => ({`, ...members, '}),', `{ per: ${keySource(watched)} },`], 2),
    '),',
  ];
}

/** What tells customers, or segments, apart. */
export function keySource({ source }: WatchedEvent): string {
  return source === 'segops' ? '({ properties }) => String(properties.segment_id)' : "'user'";
}

/** The members of the request of each action. */
const requestMembers: Readonly<Record<NewTrigger['action'], (watched: WatchedEvent) => readonly string[]>> = {
  askMave: (watched) => [
    'message:',
    ...indented([...factLines(watched), "'What is the most likely reason, and what should we do next?',"], 2),
  ],
  createPersona: personaMembers,
  updatePersona: personaMembers,
  runFocusGroup: (watched) => [
    'workspace_id: workspace.id,',
    'persona_ids: panel,',
    // A focus group is found again by it, if Mavera's answer is lost.
    `name: \`${templateText(titleOf(watched))} \${event.messageId ?? event.timestamp ?? ''}\`.slice(0, 100),`,
    'stimulus:',
    ...indented([...factLines(watched), "'Imagine that you are one of them.',"], 2),
    "questions: [{ type: 'open_ended', text: 'What do you expect of us now?' }],",
  ],
};

function personaMembers(watched: WatchedEvent): readonly string[] {
  const whom = watched.source === 'segops' ? 'the members of this segment' : 'customers who do this';
  return [
    "pipeline_type: 'north_star',",
    "type: 'B2B',",
    `name: ${stringSource(titleOf(watched))},`,
    'description:',
    ...indented([...factLines(watched), `'The persona stands for ${whom}.',`], 2),
  ];
}

/** The beginning of a text: what has happened, with the properties of the event. */
function factLines(watched: WatchedEvent): readonly string[] {
  const facts = Object.keys(samplePropertiesOf(watched)).map(
    (property) => `${property} \${quoted(event.properties.${property})}`,
  );
  return [
    watched.source === 'segops'
      ? "'A segment of our customers was computed: ' +"
      : // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
        '`A customer has sent the event ${quoted(event.event)}: ` +',
    `\`${facts.join(', ')}. \` +`,
  ];
}

function titleOf({ source, name }: WatchedEvent): string {
  const ofSegOps = name === 'all' ? 'A segment of customers' : `Segment ${name}`;
  const title = source === 'segops' ? ofSegOps : `Customer: ${name}`;
  return Array.from(title).slice(0, longestTitle).join('');
}

/** A text inside a template literal. */
function templateText(text: string): string {
  return text.replace(/[\\`]|\$\{/g, (found) => `\\${found}`);
}
