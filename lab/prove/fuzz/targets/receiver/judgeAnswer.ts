import * as z from 'zod';
import type { HttpAnswer } from '../../../../../functions/receive/http.ts';
import { mustHold } from '../../fuzzTarget.ts';
import type { FuzzedRequest, ReceiverInput } from './receiverInput.ts';
import { bodyOf } from './signedRequest.ts';

const count = z.int().nonnegative();
const accepted = z.strictObject({
  received: count,
  queued: count,
  duplicates: count,
  ignored: count,
  invalid: count,
  stale: count.positive().optional(),
});
const refused = z.strictObject({ detail: z.string().min(10).max(500) });

/** The documented statuses, and 404 for an unknown path. */
const statuses: ReadonlySet<number> = new Set([200, 400, 401, 404, 405, 413, 503]);

/**
 * Compares an answer with the documentation.
 *
 * @param calls operations of AWS that were called
 */
export function judgeAnswer(
  { request, behaviour, settings }: ReceiverInput,
  answer: HttpAnswer,
  calls: readonly string[],
): void {
  const { statusCode, headers } = answer;
  mustHold(statuses.has(statusCode), `it answered ${statusCode}`);
  mustHold(headers['content-type'] === 'application/json', 'the answer is not said to be JSON');
  mustHold(statusCode !== 405 || headers.allow !== undefined, 'the answer 405 does not say what is allowed');
  judgeBody(answer);
  const isWell = areWell(behaviour) && behaviour.claim !== 'held';
  mustHold(statusCode !== 503 || !isWell, 'it answered 503, but only the request was wrong');
  const others = calls.filter((operation) => operation !== 'GetSecretValue');
  const authenticity =
    'raw' in request ? 'wrong' : authenticityOf(request, settings.allowFirstEventSignature);
  mustHold(
    statusCode === 200 || statusCode === 503 || others.length === 0,
    `it answered ${statusCode} and called ${others.join(', ')}`,
  );
  if (authenticity === 'wrong') {
    mustHold(statusCode !== 200, 'it accepted what was not signed correctly');
    mustHold(others.length === 0, `it called ${others.join(', ')} for what was not signed correctly`);
  }
  mustHold(statusCode !== 401 || authenticity !== 'right', 'it refused a signature that is right');
}

/** Whether all services answer well. */
export function areWell({ secret, ledger, queue }: ReceiverInput['behaviour']): boolean {
  return secret === 'well' && ledger === 'well' && queue === 'well';
}

function judgeBody({ statusCode, body }: HttpAnswer): void {
  const json: unknown = JSON.parse(body);
  const result = (statusCode === 200 ? accepted : refused).safeParse(json);
  mustHold(result.success, `the body of the answer ${statusCode} is not as documented: ${body}`);
  if (statusCode === 200) {
    const { received, queued, duplicates, ignored, invalid, stale = 0 } = accepted.parse(json);
    const sum = queued + duplicates + ignored + invalid + stale;
    mustHold(sum === received, `the counts of the answer add up to ${sum}, not to ${received}`);
  }
}

/** `unknown`: for a body that is not JSON, the first element depends on how the receiver reads it. */
type Authenticity = 'right' | 'wrong' | 'unknown';

const authenticationHeaders = ['x-signature', 'x-segment-signature', 'authorization'];

/** Known from how the request was made, not from how the receiver checks it. */
function authenticityOf(request: FuzzedRequest, allowFirst: boolean): Authenticity {
  const { encoding, headers, signature } = request;
  const isSigned = signature === 'whole' || signature === 'legacy' || signature === 'first';
  if (!isSigned || encoding === 'base64 without saying') {
    return 'wrong';
  }
  const isOverwritten = headers.some(([name]) => authenticationHeaders.includes(name.toLowerCase()));
  if (isOverwritten || encoding === 'text said to be base64') {
    return 'unknown';
  }
  return signature === 'first' ? authenticityOfFirst(request, allowFirst) : 'right';
}

function authenticityOfFirst(request: FuzzedRequest, allowFirst: boolean): Authenticity {
  const { bearer, isBatch, elements } = request;
  if (!isBatch && elements.length > 0 && bodyOf(request) === bodyOf({ ...request, before: '', after: '' })) {
    return 'right';
  }
  return allowFirst || bearer === 'right' || elements.length === 1 ? 'unknown' : 'wrong';
}
