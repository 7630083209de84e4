import * as z from 'zod/mini';
import { quantilesFrom } from '../groups/clusterBy.ts';
import type { FieldSketch } from '../groups/fieldSketch.ts';
import { quantilesFold, valueOfField } from '../groups/foldPeople.ts';
import { addPerson, groupsOf, startPeople } from '../groups/groupPeople.ts';
import type { PullAnswer, Row } from '../pull.ts';
import type { SendgridContactsOptions } from './contactsOptions.ts';
import { type ContactsStep, toldGroups } from './contactsState.ts';

const sampleSchema = z.object({
  contacts_count: z.number(),
  contacts_sample: z.optional(z.nullable(z.array(z.record(z.string(), z.unknown())))),
});

/** Groups the samples of segments, if they have all contacts. */
export function groupSamples(options: SendgridContactsOptions, answers: readonly PullAnswer[]): ContactsStep {
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
  return toldGroups(groupsOf(people, fields), options);
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
