import * as z from 'zod';
import { Refusal } from '../../http/refusal.ts';
import type { ApiAnswer } from '../../http/reply.ts';
import { listOf, parseQuery, type SendGridCall, type SendGridEndpoint } from '../endpoint.ts';
import { problem } from '../problem.ts';
import { customFields, shownContact } from './contact.ts';
import type { ContactSet } from './contactSet.ts';

const segmentsPath = '/v3/marketing/segments/2.0';
/** GUESS: SendGrid calls it "a subset". */
const sampledContacts = 50;
const hourMs = 3_600_000;

const segmentsQuery = z.object({
  ids: listOf(z.string()).optional(),
  parent_list_ids: listOf(z.string()).optional(),
  no_parent_list_id: z.stringbool().default(false),
});
const segmentQuery = z.object({ contacts_sample: z.stringbool().default(true) });

/** Sources: OpenAPI of SendGrid, `tsg_mc_segments_2.0_v3` and `tsg_mc_custom_fields_v3`. */
export const segmentEndpoints: readonly SendGridEndpoint[] = [
  { method: 'GET', path: segmentsPath, answer: listSegments },
  { method: 'GET', path: `${segmentsPath}/:id`, answer: readSegment },
  { method: 'GET', path: '/v3/marketing/field_definitions', answer: listFields },
];

/** The segments here have no parent list. */
function listSegments(call: SendGridCall): ApiAnswer {
  const { ids, parent_list_ids, no_parent_list_id } = parseQuery(segmentsQuery, call.query);
  const hasAll = parent_list_ids === undefined || no_parent_list_id;
  const wanted = call.marketing.contacts.segments.filter(({ id }) => ids?.includes(id) ?? hasAll);
  return { status: 200, body: { results: wanted.map((one) => shownSegment(one, call)) } };
}

/** GUESS: the error of a segment that is not there. */
function readSegment(call: SendGridCall): ApiAnswer {
  const { params, query, marketing } = call;
  const withSample = parseQuery(segmentQuery, query).contacts_sample;
  const found = marketing.contacts.segments.find(({ id }) => id === params.id);
  if (found === undefined) {
    throw new Refusal(404, problem({ field: 'segment_id', message: 'segment not found' }));
  }
  const sample = marketing.contacts.sampleOf(found, sampledContacts).map(shownContact);
  return {
    status: 200,
    body: {
      ...shownSegment(found, call),
      query_dsl: found.query,
      ...(withSample ? { contacts_sample: sample } : {}),
      refreshes_used: 0,
      max_refreshes: 2,
    },
  };
}

function shownSegment(one: ContactSet, { marketing, nowMs }: SendGridCall): object {
  const ago = (hours: number): string => new Date(nowMs - hours * hourMs).toISOString();
  return {
    id: one.id,
    name: one.name,
    contacts_count: marketing.contacts.countOf(one),
    created_at: ago(24 * 90),
    updated_at: ago(24 * 30),
    sample_updated_at: ago(3),
    // Twice a day.
    next_sample_update: ago(-9),
    parent_list_ids: [],
    query_version: '2',
    status: { query_validation: 'VALID' },
  };
}

const readOnlyFields: readonly (readonly [name: string, type: string])[] = [
  ['email_domains', 'Text'],
  ['last_clicked', 'Date'],
  ['last_opened', 'Date'],
  ['last_emailed', 'Date'],
  ['singlesend_id', 'Text'],
  ['automation_id', 'Text'],
  ['created_at', 'Date'],
  ['updated_at', 'Date'],
  ['contact_id', 'Text'],
];
const writableFields = [
  'first_name',
  'last_name',
  'email',
  'alternate_emails',
  'address_line_1',
  'address_line_2',
  'city',
  'state_province_region',
  'postal_code',
  'country',
  'phone_number',
  'whatsapp',
  'line',
  'facebook',
  'unique_name',
];

function listFields({ origin }: SendGridCall): ApiAnswer {
  const custom = Object.entries(customFields).map(([name, type], index) => ({
    id: `e${index + 1}_${type.slice(0, 1)}`,
    name,
    field_type: type,
  }));
  const reserved = [
    ...writableFields.map((name) => ({ name, type: 'Text', readOnly: {} })),
    ...readOnlyFields.map(([name, type]) => ({ name, type, readOnly: { read_only: true } })),
  ].map(({ name, type, readOnly }, index) => ({
    id: `_rf${index}_${type.slice(0, 1)}`,
    name,
    field_type: type,
    ...readOnly,
  }));
  const _metadata = { self: `${origin}/v3/marketing/field_definitions` };
  return { status: 200, body: { custom_fields: custom, reserved_fields: reserved, _metadata } };
}
