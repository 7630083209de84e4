import * as z from 'zod/mini';
import { exportSchema, exportsSchema, isFresh, isOfSame } from './contacts/contactExports.ts';
import { checkContactsOptions, type SendgridContactsOptions } from './contacts/contactsOptions.ts';
import { type ContactsState, type ContactsStep, type Polled, toldGroups } from './contacts/contactsState.ts';
import { groupSamples } from './contacts/groupSamples.ts';
import { definePull } from './definePull.ts';
import { quantilesFrom } from './groups/clusterBy.ts';
import type { FieldSketch } from './groups/fieldSketch.ts';
import { groupingFold, quantilesFold } from './groups/foldPeople.ts';
import type { PeopleGroup } from './groups/groupPeople.ts';
import type { Asking, OperationCall, Pull, PullAnswer, RowsCall } from './pull.ts';

const startedSchema = z.object({ id: z.string() });
const sketchesSchema = z.array(z.tuple([z.string(), z.custom<FieldSketch>()]));
const groupsSchema = z.array(z.custom<PeopleGroup>());

const firstPollMs = 5_000;
const longestPollMs = 60_000;
/** Exports that fail before the pull does. */
const mostExports = 3;

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
  checkContactsOptions(options);
  return definePull({
    kind: 'sendgridContacts',
    source: 'sendgrid',
    operations: [
      ...(segmentIds === undefined ? [] : (['readContactSegment'] as const)),
      'listContactExports',
      'startContactExport',
      'readContactExport',
    ],
    start: (segmentIds === undefined ? { at: 'find', exports: 0 } : { at: 'sample' }) as ContactsState,
    step: (state, answers, { startedAtMs }): ContactsStep => {
      switch (state.at) {
        case 'sample':
          return groupSamples(options, answers);
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
            : toldGroups(groupsSchema.parse(answers[0]?.value), options);
      }
    },
  });
}

/** Looks for an export of the same contacts, and starts one where there is none. */
function find(
  state: Extract<ContactsState, { at: 'find' }>,
  options: SendgridContactsOptions,
  answer: PullAnswer | undefined,
  startedAtMs: number,
): ContactsStep {
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
    throw new Error(
      `SendGrid has failed to export the contacts ${mostExports} times, or gave no file that could be read`,
    );
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

function poll({ id, polls, exports, not, expired }: Polled): ContactsStep {
  const waitMs = Math.min(longestPollMs, firstPollMs * 2 ** polls);
  return { next: { at: 'poll', id, polls, exports, not, expired }, waitMs };
}

/**
 * The export is read once more, for new URLs: its URLs have expired, or it is ready and names none although it has contacts. If
 * that does not help, another export takes its place.
 */
function askAgain({ expired = 0, ...state }: Polled): ContactsStep {
  return expired === 0 ? poll({ ...state, polls: 0, expired: 1 }) : { next: findOther(state) };
}

function findOther({ id, exports, not = [] }: Polled): Extract<ContactsState, { at: 'find' }> {
  return { at: 'find', exports, not: [...not, id] };
}

function readExport(id: string): Asking<ContactsState> {
  return { calls: [{ operation: 'readContactExport', request: { path: { id } } }] };
}

/** Downloads the file as soon as it is ready: its URLs expire. */
function polled(
  state: Extract<ContactsState, { at: 'poll' }>,
  options: SendgridContactsOptions,
  { found, value }: PullAnswer,
): ContactsStep {
  const again = findOther(state);
  if (!found) {
    return { next: again };
  }
  const { status, urls, contact_count: contacts } = exportSchema.parse(value);
  const files = urls ?? [];
  switch (status) {
    case 'pending':
      return poll({ ...state, polls: state.polls + 1 });
    case 'failure':
      return { next: again, waitMs: longestPollMs };
    case 'ready': {
      const { groupBy } = options;
      if (files.length === 0) {
        return contacts === 0 ? {} : askAgain(state);
      }
      return typeof groupBy !== 'string' && groupBy.quantiles.length > 0
        ? {
            calls: [rowsCall(files, quantilesFold(groupBy))],
            next: { ...state, at: 'quantiles', urls: files },
          }
        : group({ ...state, urls: files }, options, []);
    }
  }
}

function group(
  state: Polled & { readonly urls: readonly string[] },
  { groupBy, fields }: SendgridContactsOptions,
  sketches: readonly (readonly [string, FieldSketch])[],
): Asking<ContactsState> {
  const quantiles = typeof groupBy === 'string' ? undefined : quantilesFrom(groupBy, new Map(sketches));
  return {
    calls: [rowsCall(state.urls, groupingFold(groupBy, fields, quantiles))],
    next: { ...state, at: 'groups' },
  };
}

function rowsCall(from: readonly string[], fold: RowsCall['fold']): RowsCall {
  return { rows: { from, format: 'csv' }, fold };
}
