import * as z from 'zod/mini';
import { checkChangedBy, checkOption } from './checkOption.ts';
import { definePull } from './definePull.ts';
import { quantilesFrom } from './groups/clusterBy.ts';
import type { FieldSketch } from './groups/fieldSketch.ts';
import { groupingFold, quantilesFold, valueOfField } from './groups/foldPeople.ts';
import {
  addPerson,
  type GroupBy,
  groupItem,
  groupsOf,
  type PeopleGroup,
  startPeople,
} from './groups/groupPeople.ts';
import type { Asking, OperationCall, Pull, PullAnswer, Row, RowsCall, Step, Told } from './pull.ts';

/** Which contacts. */
type Contacts =
  | { readonly segmentIds: readonly string[]; readonly listIds?: never; readonly all?: never }
  | { readonly listIds: readonly string[]; readonly segmentIds?: never; readonly all?: never }
  | { readonly all: true; readonly segmentIds?: never; readonly listIds?: never };

export type SendgridContactsOptions = Contacts & {
  /** The field whose values are the groups, such as `country`, or {@link clusterBy}. Someone without a value is in no group. */
  readonly groupBy: GroupBy;
  /** Fields that are summed up in each group, such as `plan`; custom fields by their names. The case does not matter. */
  readonly fields: readonly string[];
  /** By which share a group's size or a median has to change before the group counts as changed. @default 0.1 */
  readonly changedBy?: number;
};

const text = z.optional(z.nullable(z.string()));
const named = z.optional(z.nullable(z.array(z.object({ ID: text, id: text }))));
const exportSchema = z.object({
  id: z.string(),
  status: z.enum(['pending', 'ready', 'failure']),
  created_at: text,
  expires_at: text,
  urls: z.optional(z.nullable(z.array(z.string()))),
  message: text,
  segments: named,
  lists: named,
  export_type: text,
});
type Export = z.infer<typeof exportSchema>;
const exportsSchema = z.object({ result: z.array(exportSchema) });
const startedSchema = z.object({ id: z.string() });
const sampleSchema = z.object({
  contacts_count: z.number(),
  contacts_sample: z.optional(z.nullable(z.array(z.record(z.string(), z.unknown())))),
});
const sketchesSchema = z.array(z.tuple([z.string(), z.custom<FieldSketch>()]));
const groupsSchema = z.array(z.custom<PeopleGroup>());

/** An export that is this fresh is used again. */
const freshForMs = 3_600_000;
const firstPollMs = 5_000;
const longestPollMs = 60_000;
/** Exports that fail before the pull does. */
const mostExports = 3;

/**
 * Stored: `find` and `poll`. The others are of one step, from one answer to the next; so the URLs, which open the file to
 * whoever has them, are stored nowhere.
 */
type State =
  | { readonly at: 'sample' }
  | ({ readonly at: 'find' } & Exports)
  | ({ readonly at: 'started' } & Exports)
  | ({ readonly at: 'poll' } & Polled)
  | ({ readonly at: 'quantiles' | 'groups'; readonly urls: readonly string[] } & Polled);

interface Exports {
  /** How many this pull has started. */
  readonly exports: number;
  /** Exports whose files could not be had: they are not used again. */
  readonly not?: readonly string[] | undefined;
}

interface Polled extends Exports {
  readonly id: string;
  readonly polls: number;
  /** How often its URL had expired when the file was to be read. */
  readonly expired?: number | undefined;
}

/**
 * Pulls contacts of SendGrid in groups: one event `Contacts Grouped` for each group of 5 contacts or more, up to the 50
 * largest ones, with sums alone and no contact. It exports the contacts, and uses an export that is under way or an hour old
 * before it starts another one. Segments whose sample has all of their contacts need no export.
 *
 * Source: SendGrid, "Export Contacts", "Get Segment" (2.0).
 *
 * @example
 * trigger(
 *   { name: 'contact-personas', from: sendgridContacts({ all: true, groupBy: 'country', fields: ['plan'] }), every: '7d' },
 *   createPersona(({ event }) => ({ name: `Contacts in ${event.properties.group}` })),
 * )
 */
export function sendgridContacts(options: SendgridContactsOptions): Pull<PeopleGroup> {
  const { segmentIds } = options;
  checkOptions(options);
  return definePull({
    kind: 'sendgridContacts',
    source: 'sendgrid',
    operations: [
      ...(segmentIds === undefined ? [] : (['readContactSegment'] as const)),
      'listContactExports',
      'startContactExport',
      'readContactExport',
    ],
    start: (segmentIds === undefined ? { at: 'find', exports: 0 } : { at: 'sample' }) as State,
    step: (state, answers, { startedAtMs }): Step<State, PeopleGroup> => {
      switch (state.at) {
        case 'sample':
          return sample(options, answers);
        case 'find':
          return find(state, options, answers[0], startedAtMs);
        case 'started':
          return poll({
            ...state,
            id: startedId(options, answers[0]),
            polls: 0,
            exports: state.exports + 1,
          });
        case 'poll':
          return answers[0] === undefined ? readExport(state.id) : polled(state, options, answers[0]);
        case 'quantiles':
          return answers[0]?.found === false
            ? askAgain(state)
            : group(state, options, sketchesSchema.parse(answers[0]?.value));
        case 'groups':
          return answers[0]?.found === false
            ? askAgain(state)
            : told(groupsSchema.parse(answers[0]?.value), options);
      }
    },
  });
}

function checkOptions(options: SendgridContactsOptions): void {
  const { segmentIds, listIds, all, groupBy, fields, changedBy } = options;
  const chosen = [segmentIds, listIds, all].filter((one) => one !== undefined);
  const isIds = [segmentIds, listIds].every(
    (ids) => ids === undefined || (Array.isArray(ids) && ids.length > 0 && ids.length <= 50),
  );
  checkOption('sendgridContacts', chosen.length === 1 && isIds, 'segmentIds, listIds or all: true', chosen);
  const isGroupBy = typeof groupBy === 'string' ? groupBy !== '' : typeof groupBy?.clusterOf === 'function';
  checkOption('sendgridContacts: groupBy', isGroupBy, 'a field, or clusterBy(…)', groupBy);
  const isFields = Array.isArray(fields) && fields.length <= 10;
  checkOption('sendgridContacts: fields', isFields, 'a list of up to 10 fields', fields);
  checkChangedBy('sendgridContacts', changedBy);
}

/** Groups the samples of segments, if they have all contacts. */
function sample(options: SendgridContactsOptions, answers: readonly PullAnswer[]): Step<State, PeopleGroup> {
  const { segmentIds = [], groupBy, fields } = options;
  if (answers.length === 0) {
    return {
      calls: segmentIds.map((id) => ({ operation: 'readContactSegment', request: { path: { id } } })),
    };
  }
  const missing = segmentIds.filter((_id, index) => answers[index]?.found !== true);
  if (missing.length > 0) {
    throw new Error(`SendGrid has no segment ${missing.join(', ')}`);
  }
  const segments = answers.map(({ value }) => sampleSchema.parse(value));
  const isWhole = segments.every(
    ({ contacts_count, contacts_sample }) => contacts_count <= (contacts_sample?.length ?? 0),
  );
  if (!isWhole) {
    return { next: { at: 'find', exports: 0 } };
  }
  const rows = segments.flatMap(({ contacts_sample }) => contacts_sample ?? []).map(withCustomFields);
  const quantiles =
    typeof groupBy === 'string' ? undefined : quantilesFrom(groupBy, sketchesOf(rows, options));
  const people = startPeople();
  for (const row of rows) {
    addPerson(people, (field) => valueOfField(row, field), groupBy, fields, quantiles);
  }
  return told(groupsOf(people, fields), options);
}

function sketchesOf(
  rows: readonly Row[],
  { groupBy }: SendgridContactsOptions,
): ReadonlyMap<string, FieldSketch> {
  if (typeof groupBy === 'string') {
    return new Map();
  }
  const fold = quantilesFold(groupBy);
  let gathered = fold.start();
  for (const row of rows) {
    gathered = fold.row(gathered, row);
  }
  return gathered.sketches;
}

/** In a sample, custom fields stand apart; in an export, beside the others. */
function withCustomFields(contact: Row): Row {
  const { custom_fields: custom, ...fields } = contact;
  return { ...fields, ...(typeof custom === 'object' ? custom : {}) };
}

/** Looks for an export of the same contacts, and starts one where there is none. */
function find(
  state: Extract<State, { at: 'find' }>,
  options: SendgridContactsOptions,
  answer: PullAnswer | undefined,
  startedAtMs: number,
): Step<State, PeopleGroup> {
  if (answer === undefined) {
    return { calls: [{ operation: 'listContactExports', request: {} }] };
  }
  const exports = answer.found ? exportsSchema.parse(answer.value).result : [];
  const usable = exports.find(
    (one) =>
      one.status !== 'failure' &&
      state.not?.includes(one.id) !== true &&
      isOfSame(one, options) &&
      isFresh(one, startedAtMs),
  );
  if (usable !== undefined) {
    // The export of a crashed step of this pull too.
    return poll({ ...state, id: usable.id, polls: 0 });
  }
  const other = exports.find((one) => one.status === 'pending' && isFresh(one, startedAtMs));
  if (other !== undefined) {
    // One at a time: somebody else's export comes first.
    return { next: state, waitMs: longestPollMs };
  }
  if (state.exports >= mostExports) {
    throw new Error(`SendGrid has failed to export the contacts ${mostExports} times`);
  }
  const { segmentIds, listIds } = options;
  const body = {
    ...(segmentIds === undefined ? {} : { segment_ids: segmentIds }),
    ...(listIds === undefined ? {} : { list_ids: listIds }),
    notifications: { email: false },
    file_type: 'csv',
  };
  const call: OperationCall = { operation: 'startContactExport', request: { body } };
  return { calls: [call], next: { ...state, at: 'started' } };
}

/** @throws when SendGrid does not know a list or segment that the export names */
function startedId({ segmentIds = [], listIds = [] }: SendgridContactsOptions, answer?: PullAnswer): string {
  if (answer?.found === false) {
    throw new Error(
      `SendGrid cannot export ${[...segmentIds, ...listIds].join(', ')}: one of them is not there`,
    );
  }
  return startedSchema.parse(answer?.value).id;
}

function isOfSame(
  { segments, lists }: Export,
  { segmentIds = [], listIds = [] }: SendgridContactsOptions,
): boolean {
  return sameIds(segments, segmentIds) && sameIds(lists, listIds);
}

function sameIds(found: Export['lists'], wanted: readonly string[]): boolean {
  const ids = (found ?? []).map(({ ID, id }) => ID ?? id ?? '');
  return ids.length === wanted.length && wanted.every((id) => ids.includes(id));
}

function isFresh({ created_at: createdAt, expires_at: expiresAt }: Export, startedAtMs: number): boolean {
  const createdMs = createdAt ? Date.parse(createdAt) : Number.NaN;
  const expiresMs = expiresAt ? Date.parse(expiresAt) : Number.NaN;
  return createdMs >= startedAtMs - freshForMs && !(expiresMs <= startedAtMs);
}

function poll({ id, polls, exports, not, expired }: Polled): Told<State, PeopleGroup> {
  const waitMs = Math.min(longestPollMs, firstPollMs * 2 ** polls);
  return { next: { at: 'poll', id, polls, exports, not, expired }, waitMs };
}

/** The export is read once more, for new URLs. If these have expired too, another export takes its place. */
function askAgain({ expired = 0, ...state }: Polled): Step<State, PeopleGroup> {
  return expired === 0 ? poll({ ...state, polls: 0, expired: 1 }) : { next: findOther(state) };
}

function findOther({ id, exports, not = [] }: Polled): Extract<State, { at: 'find' }> {
  return { at: 'find', exports, not: [...not, id] };
}

function readExport(id: string): Asking<State> {
  return { calls: [{ operation: 'readContactExport', request: { path: { id } } }] };
}

/** Downloads the file as soon as it is ready: its URLs expire. */
function polled(
  state: Extract<State, { at: 'poll' }>,
  options: SendgridContactsOptions,
  { found, value }: PullAnswer,
): Step<State, PeopleGroup> {
  const again = findOther(state);
  if (!found) {
    return { next: again };
  }
  const { status, urls } = exportSchema.parse(value);
  switch (status) {
    case 'pending':
      return poll({ ...state, polls: state.polls + 1 });
    case 'failure':
      return { next: again, waitMs: longestPollMs };
    case 'ready': {
      const { groupBy } = options;
      return typeof groupBy !== 'string' && groupBy.quantiles.length > 0
        ? {
            calls: [rowsCall(urls ?? [], quantilesFold(groupBy))],
            next: { ...state, at: 'quantiles', urls: urls ?? [] },
          }
        : group({ ...state, urls: urls ?? [] }, options, []);
    }
  }
}

function group(
  state: Polled & { readonly urls: readonly string[] },
  { groupBy, fields }: SendgridContactsOptions,
  sketches: readonly (readonly [string, FieldSketch])[],
): Asking<State> {
  const quantiles = typeof groupBy === 'string' ? undefined : quantilesFrom(groupBy, new Map(sketches));
  return {
    calls: [rowsCall(state.urls, groupingFold(groupBy, fields, quantiles))],
    next: { ...state, at: 'groups' },
  };
}

function rowsCall(from: readonly string[], fold: RowsCall['fold']): RowsCall {
  return { rows: { from, format: 'csv' }, fold };
}

function told(
  groups: readonly PeopleGroup[],
  { changedBy }: SendgridContactsOptions,
): Told<State, PeopleGroup> {
  return { events: groups.map((one) => groupItem('Contacts Grouped', one, changedBy)) };
}
