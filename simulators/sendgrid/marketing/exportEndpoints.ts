import { Readable } from 'node:stream';
import * as z from 'zod';
import { Refusal } from '../../http/refusal.ts';
import type { ApiAnswer } from '../../http/reply.ts';
import { parseBody, type SendGridCall, type SendGridEndpoint } from '../endpoint.ts';
import { problem } from '../problem.ts';
import { contactFile } from './contactFile.ts';
import type { ContactSet } from './contactSet.ts';
import { type ContactExport, exportKeptMs, statusOf } from './exports.ts';

const exportsPath = '/v3/marketing/contacts/exports';

/** Whether a path is that of a file, which is read without a key: its URL is signed. SendGrid keeps files at Amazon S3. */
export function isFilePath(path: string): boolean {
  return path.startsWith('/files/');
}

const exportRequest = z.object({
  list_ids: z.array(z.uuid()).optional(),
  segment_ids: z.array(z.string().min(1)).optional(),
  notifications: z.object({ email: z.boolean().optional() }).optional(),
  file_type: z.enum(['csv', 'json']).default('csv'),
  max_file_size: z.int().positive().optional(),
});

/** Exports of contacts. Source: OpenAPI of SendGrid, `tsg_mc_contacts_v3`; what it leaves open is marked GUESS. */
export const exportEndpoints: readonly SendGridEndpoint[] = [
  { method: 'POST', path: exportsPath, answer: startExport },
  { method: 'GET', path: exportsPath, answer: listExports },
  { method: 'GET', path: `${exportsPath}/:id`, answer: readExport },
  { method: 'GET', path: '/files/:id/:name', answer: download },
];

/** Without a body everything is exported. GUESS: a list or segment that does not exist is 404. */
function startExport({ body, marketing, origin, nowMs }: SendGridCall): ApiAnswer {
  const { list_ids, segment_ids, file_type } = parseBody(exportRequest, body ?? {});
  const { contacts, exports } = marketing;
  const { id } = exports.start(
    {
      fileType: file_type,
      lists: setsOf(list_ids, contacts.lists, 'list_ids'),
      segments: setsOf(segment_ids, contacts.segments, 'segment_ids'),
    },
    nowMs,
  );
  return { status: 202, body: { _metadata: { self: `${origin}${exportsPath}/${id}` }, id } };
}

function setsOf(
  ids: readonly string[] | undefined,
  known: readonly ContactSet[],
  field: string,
): readonly ContactSet[] {
  return (ids ?? []).map((id) => {
    const found = known.find((one) => one.id === id);
    if (found === undefined) {
      throw new Refusal(404, problem({ field, message: `${id} was not found` }));
    }
    return found;
  });
}

function listExports(call: SendGridCall): ApiAnswer {
  const { marketing, origin, nowMs } = call;
  const result = marketing.exports.all(nowMs).map((one) => shownExport(one, call));
  return { status: 200, body: { result, _metadata: { self: `${origin}${exportsPath}` } } };
}

function readExport(call: SendGridCall): ApiAnswer {
  const { params, marketing, nowMs } = call;
  const found = marketing.exports.find(params.id ?? '', nowMs);
  const status = statusOf(found, nowMs);
  const more = {
    ...(status === 'ready' ? { contact_count: marketing.exports.countOf(found) } : {}),
    // GUESS: the sentence.
    ...(status === 'failure' ? { message: 'The export has failed.' } : {}),
  };
  return { status: 200, body: { ...shownExport(found, call), ...more } };
}

/** GUESS: that what an export does not have yet is absent. */
function shownExport(one: ContactExport, { marketing, origin, nowMs }: SendGridCall): object {
  const { id, createdAtMs, readyAtMs, lists, segments, fileType } = one;
  const status = statusOf(one, nowMs);
  const kind = segments.length > 0 ? 'segment' : lists.length > 0 ? 'list' : 'contacts';
  const named = (sets: readonly ContactSet[]): readonly object[] =>
    sets.map((set) => ({ ID: set.id, Name: set.name }));
  const { exportUrlMs } = marketing.exports.times;
  const urlOf = (): string => {
    const signed = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Expires': String(Math.ceil(exportUrlMs / 1000)),
      'X-Amz-Signature': marketing.exports.sign(id, nowMs),
    });
    return `${origin}/files/${id}/contacts.${fileType}.gzip?${signed}`;
  };
  return {
    id,
    status,
    created_at: new Date(createdAtMs).toISOString(),
    ...(status === 'pending' ? {} : { completed_at: new Date(readyAtMs).toISOString() }),
    expires_at: new Date(createdAtMs + exportKeptMs).toISOString(),
    urls: status === 'ready' ? [urlOf()] : [],
    user_id: '1',
    export_type: `${kind}_export`,
    segments: named(segments),
    lists: named(lists),
  };
}

/** As Amazon S3 does: it refuses a key beside the signature. Source: Amazon S3, "Error responses". */
function download({ params, query, marketing, nowMs, isSignedIn }: SendGridCall): ApiAnswer {
  if (isSignedIn) {
    return s3Problem(400, 'InvalidArgument', 'Only one auth mechanism allowed');
  }
  const { contacts, exports } = marketing;
  const found = exports.opened(params.id ?? '', query.get('X-Amz-Signature') ?? '', nowMs);
  if (found === undefined) {
    return s3Problem(403, 'AccessDenied', 'Request has expired');
  }
  return {
    status: 200,
    body: `the contacts of export ${found.id}`,
    file: {
      type: 'application/octet-stream',
      open: () => contactFile(contacts.of([...found.lists, ...found.segments]), found.fileType),
    },
  };
}

function s3Problem(status: number, code: string, message: string): ApiAnswer {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, body: text, file: { type: 'application/xml', open: () => Readable.from([text]) } };
}
