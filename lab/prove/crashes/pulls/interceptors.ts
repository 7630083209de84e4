import type { Interference, ProxiedCall } from '../../proxy/faultProxy.ts';
import { isOfSystem } from '../planCases.ts';
import type { Special } from './pullCase.ts';
import type { Interceptor } from './pullSaboteur.ts';
import type { PullSystem } from './pullSystem.ts';

const limitedMs = 60_000;

/** What the outside systems do in a case; `undefined` for what they always do. */
export function interceptorOf(
  special: Special | undefined,
  pullSystem: Pick<PullSystem, 'segops' | 'sendgrid'>,
): Interceptor | undefined {
  switch (special) {
    case 'URL expired':
      return expiresOnce(pullSystem);
    case '429 for a minute':
      return limits();
    case 'page changed':
      return shifts(pullSystem, 2);
    case 'page changed, killed':
      // The puller has read the second page once, and died.
      return shifts(pullSystem, 3);
    default:
      return undefined;
  }
}

function expiresOnce({ sendgrid }: Pick<PullSystem, 'sendgrid'>): Interceptor {
  let hasExpired = false;
  return (name) => {
    if (name.startsWith('sendgrid GET /files/') && !hasExpired) {
      hasExpired = true;
      sendgrid.expireExportUrls();
    }
    return undefined;
  };
}

function limits(): Interceptor {
  let untilMs: number | undefined;
  return (name) => {
    if (!isOfSystem(name)) {
      return undefined;
    }
    untilMs ??= Date.now() + limitedMs;
    const seconds = Math.ceil((untilMs - Date.now()) / 1000);
    return seconds <= 0
      ? undefined
      : answerOf(429, { detail: 'Request was throttled.' }, { 'retry-after': String(seconds) });
  };
}

/** From a call on, the pages are those of a list that has one more segment in front. */
function shifts({ segops }: Pick<PullSystem, 'segops'>, fromCall: number): Interceptor {
  let calls = 0;
  return (name, call) => {
    if (!isOfSystem(name)) {
      return undefined;
    }
    calls += 1;
    return calls < fromCall ? undefined : shiftedPage(segops.segments(), call);
  };
}

function shiftedPage(
  segments: readonly { readonly id: number; readonly name: string }[],
  { path }: ProxiedCall,
): Interference {
  const offset = Number(new URL(path, 'http://segops').searchParams.get('offset'));
  const { id = 0, name = '' } = segments[offset - 1] ?? {};
  const next = offset < segments.length ? `/api/segments/?limit=1&offset=${offset + 1}` : null;
  return answerOf(200, { count: segments.length + 1, next, previous: null, results: [{ id, name }] });
}

function answerOf(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Interference & { readonly kind: 'answer' } {
  return {
    kind: 'answer',
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}
