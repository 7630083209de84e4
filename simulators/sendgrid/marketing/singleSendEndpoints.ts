import * as z from 'zod';
import { Refusal } from '../../http/refusal.ts';
import type { ApiAnswer } from '../../http/reply.ts';
import {
  day,
  listOf,
  parseQuery,
  type SendGridCall,
  type SendGridEndpoint,
  wholeNumber,
} from '../endpoint.ts';
import { problem } from '../problem.ts';
import { cutPage } from './page.ts';
import { shownLinks, shownStats } from './sendStats.ts';
import { type SingleSend, shownInDetail, shownOnList } from './singleSend.ts';

const sendsPath = '/v3/marketing/singlesends';
const statsPath = '/v3/marketing/stats/singlesends';

/** GUESS: that the sizes of the list are those of its statistics. */
const pageSize = wholeNumber(1, 50, 25);
const groupBy = listOf(z.enum(['ab_variation', 'ab_phase'])).optional();

const listQuery = z.object({ page_size: pageSize });
const statsQuery = z.object({
  aggregated_by: z.enum(['total', 'day']).default('total'),
  // The documented defaults.
  start_date: day.default('2021-01-01'),
  end_date: day.default('2021-12-31'),
  timezone: z.string().default('UTC'),
  group_by: groupBy,
  page_size: pageSize,
});
const linksQuery = z.object({
  group_by: groupBy,
  ab_variation_id: z.uuid().optional(),
  ab_phase_id: z.enum(['test', 'send']).optional(),
  page_size: pageSize,
});

/** Sources: OpenAPI of SendGrid, `tsg_mc_singlesends_v3` and `tsg_mc_stats_v3`. Days are those of UTC, whatever is asked. */
export const singleSendEndpoints: readonly SendGridEndpoint[] = [
  { method: 'GET', path: sendsPath, answer: listSends },
  {
    method: 'GET',
    path: `${sendsPath}/:id`,
    answer: (call) => ({ status: 200, body: shownInDetail(find(call)) }),
  },
  { method: 'GET', path: `${statsPath}/:id`, answer: readStats },
  { method: 'GET', path: `${statsPath}/:id/links`, answer: readLinks },
];

function listSends({ query, marketing, origin }: SendGridCall): ApiAnswer {
  const { elements, metadata } = cutPage({
    elements: marketing.singleSends,
    url: `${origin}${sendsPath}`,
    query,
    pageSize: parseQuery(listQuery, query).page_size,
  });
  return { status: 200, body: { result: elements.map(shownOnList), _metadata: metadata } };
}

function readStats(call: SendGridCall): ApiAnswer {
  const { query, origin } = call;
  const send = find(call);
  const asked = parseQuery(statsQuery, query);
  const results = shownStats(send, {
    from: asked.start_date,
    to: asked.end_date,
    isByDay: asked.aggregated_by === 'day',
    splits: asked.group_by ?? [],
  });
  const url = `${origin}${statsPath}/${send.id}`;
  const { elements, metadata } = cutPage({ elements: results, url, query, pageSize: asked.page_size });
  return { status: 200, body: { results: elements, _metadata: metadata } };
}

function readLinks(call: SendGridCall): ApiAnswer {
  const { query, origin } = call;
  const send = find(call);
  const { group_by, ab_variation_id, ab_phase_id, page_size } = parseQuery(linksQuery, query);
  const links = shownLinks(
    send,
    group_by ?? [],
    ({ variation, phase }) =>
      (ab_variation_id === undefined || variation === ab_variation_id) &&
      (ab_phase_id === undefined || phase === ab_phase_id),
  );
  const url = `${origin}${statsPath}/${send.id}/links`;
  const { elements, metadata } = cutPage({ elements: links, url, query, pageSize: page_size });
  const total = links.reduce((sum, { clicks }) => sum + clicks, 0);
  return { status: 200, body: { results: elements, total_clicks: total, _metadata: metadata } };
}

/** @throws Refusal 404 */
function find({ params, marketing }: SendGridCall): SingleSend {
  const found = marketing.singleSends.find(({ id }) => id === params.id);
  if (found === undefined) {
    throw new Refusal(404, problem({ field: 'id', message: 'single send not found' }));
  }
  return found;
}
