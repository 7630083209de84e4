import { memberAt } from '../../../functions/mavera/actions/maveraFields.ts';

/** Options of `runFocusGroup`, as the answers of the account ask for them. */
export interface FocusGroupFields {
  readonly idField?: string;
  readonly statusField?: string;
  readonly doneStatuses?: readonly string[];
  readonly failedStatuses?: readonly string[];
  readonly creditsField?: string;
}

/** The members that may tell something, most likely first, and where they may stand. */
const containers = ['', 'data.', 'focus_group.', 'focusGroup.', 'result.'];
const idNames = ['id', 'focus_group_id', 'focusGroupId', 'uuid'];
const statusNames = ['status', 'state', 'phase', 'stage', 'generation_status'];
const creditsNames = [
  'usage.credits_used',
  'usage.credits',
  'credits_used',
  'credits_charged',
  'creditsUsed',
  'cost.credits',
];

/** The path of the member with the focus group's id, in the answer to its creation. */
export function idFieldIn(json: unknown): string | undefined {
  return pathIn(json, idNames, (value) => typeof value === 'string' && value !== '');
}

/** The path of the member that says how far the focus group is. */
export function statusFieldIn(json: unknown): string | undefined {
  return pathIn(json, statusNames, (value) => typeof value === 'string' && isWord(value));
}

/** The path of the member with the credits that the focus group has used. */
export function creditsFieldIn(json: unknown): string | undefined {
  return pathIn(json, creditsNames, (value) => typeof value === 'number');
}

/** A status is a word. Only such a value is shown and kept. */
export function isWord(value: string): boolean {
  return /^[A-Za-z][A-Za-z _-]{0,39}$/.test(value);
}

/** What a status means. `unknown`: nothing tells whether it is an end. */
export function meaningOf(status: string): 'running' | 'done' | 'failed' | 'unknown' {
  if (/fail|error|cancel|expire|reject|abort/i.test(status)) {
    return 'failed';
  }
  if (/pend|progress|process|generat|queue|run|creat|start|wait|draft|collect|analy[sz]ing/i.test(status)) {
    return 'running';
  }
  return /complet|done|finish|succe|ready|closed/i.test(status) ? 'done' : 'unknown';
}

function pathIn(
  json: unknown,
  names: readonly string[],
  fits: (value: unknown) => boolean,
): string | undefined {
  const paths = containers.flatMap((container) => names.map((name) => `${container}${name}`));
  return paths.find((path) => fits(memberAt(json, path)));
}
