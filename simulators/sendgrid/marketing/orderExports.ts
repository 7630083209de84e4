import * as z from 'zod';
import type { ApiAnswer } from '../../http/reply.ts';
import type { ContactExports } from './exports.ts';

const order = z.union([
  z.strictObject({ order: z.enum(['forget', 'expireUrls']), id: z.string().optional() }),
  z.strictObject({ order: z.literal('fail'), times: z.int().min(0).default(1) }),
]);

/**
 * `POST /__simulator/exports`: `{"order": "forget", "id"?}` forgets an export or all of them; `{"order": "expireUrls", "id"?}`
 * ends the URLs that were given; `{"order": "fail", "times"?}` lets the next exports fail.
 */
export function orderExports(exports: ContactExports, what: string, body: unknown): ApiAnswer | undefined {
  if (what !== 'POST /__simulator/exports') {
    return undefined;
  }
  const parsed = order.safeParse(body);
  if (!parsed.success) {
    return { status: 400, body: { error: 'Send {"order": "forget" | "expireUrls" | "fail"}.' } };
  }
  const { data } = parsed;
  switch (data.order) {
    case 'forget':
      return { status: 200, body: { forgotten: exports.forget(data.id) } };
    case 'expireUrls':
      return { status: 200, body: { expired: exports.expireUrls(data.id) } };
    case 'fail':
      exports.failNext(data.times);
      return { status: 200, body: { failing: data.times } };
  }
}
