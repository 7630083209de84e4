import { STATUS_CODES } from 'node:http';
import type { AwsService } from '../../../local/iam/awsRequest.ts';
import { throttled } from '../../../local/iam/errorResponse.ts';
import { errorBodyFor } from '../../../simulators/mavera/apiError.ts';
import type { Interference } from '../proxy/faultProxy.ts';

/**
 * What goes wrong with a call to AWS:
 * - `killed before`, `killed after`: the function's process dies before, or after, the server has acted
 * - `cut before`, `cut after`: the first attempt's connection is lost before, or after, the server has acted
 * - `never answered`: the server acts on every attempt, and no answer arrives
 * - `late`: the first attempt arrives long after the function's timeout
 * - `throttled`, `throttled throughout`: the first attempt, or every one, is refused
 */
export const awsFaults = [
  'killed before',
  'killed after',
  'cut before',
  'cut after',
  'never answered',
  'late',
  'throttled',
  'throttled throughout',
] as const;

/**
 * What goes wrong with a call to Mavera:
 * - `killed before` to `late`: as with AWS
 * - `429`, `500`, `503`: Mavera answers so, and has done nothing
 * - `502 page`: a gateway answers with a page of HTML, and Mavera has done nothing
 * - `504 page, done`, `504 page, late`: a gateway does not wait any longer; Mavera has done the work, or does it later
 * - `TLS`: the handshake fails
 * - `byte order mark`: one stands before the JSON of Mavera's answer
 * - `200, error`: status 200 with an error inside, of a code that is not documented; nothing is done
 */
export const maveraFaults = [
  'killed before',
  'killed after',
  'cut before',
  'cut after',
  'late',
  '429',
  '500',
  '503',
  '502 page',
  '504 page, done',
  '504 page, late',
  'TLS',
  'byte order mark',
  '200, error',
] as const;

/** What goes wrong with a call to another outside system: as with Mavera. */
export const systemFaults = [
  'killed before',
  'killed after',
  'cut before',
  'cut after',
  'late',
  '429',
  '503',
  '502 page',
  '504 page, done',
] as const satisfies readonly (typeof maveraFaults)[number][];

/** Faults of the account, and of what stands before Mavera, which make all runs wait for a minute or more. */
export const accountFaults = ['401', '402', '403 page'] as const;

export type FaultKind =
  | (typeof awsFaults)[number]
  | (typeof maveraFaults)[number]
  | (typeof accountFaults)[number];

/** Longer than the timeout of any client of AWS (3 s). */
const lateForAwsMs = 4_000;
/** Longer than the runner's timeout (1 s here), but before it recovers a lost answer (2 s). */
const lateForMaveraMs = 1_500;
/** Longer than the runner waits for any other outside system (10 s). */
const lateForSystemMs = 11_000;
/** Shorter than that timeout, and long enough that calls which start together are refused together. */
const refusalMs = 600;

/** A fault that meets a call, not the handshake before it. */
export type CallFault = Exclude<FaultKind, 'TLS'>;

/** Whose call meets a fault. `system`: an outside system other than Mavera. */
export type CalledService = AwsService | 'mavera' | 'system';

const losingFaults: ReadonlySet<FaultKind> = new Set([
  'killed before',
  'killed after',
  'cut after',
  'never answered',
  'late',
  'throttled throughout',
  '504 page, done',
  '504 page, late',
]);

/** Whether a fault may lose an answer, or the process that waits for it: then the call is made again. */
export function mayLoseAnswer(fault: FaultKind): boolean {
  return losingFaults.has(fault);
}

/** What happens to a call with this fault. @param kill ends the calling process */
export function interferenceOf(fault: CallFault, service: CalledService, kill: () => void): Interference {
  switch (fault) {
    case 'killed before':
      return { kind: 'before', lose: kill };
    case 'killed after':
      return { kind: 'after', lose: kill };
    case 'cut before':
      return { kind: 'before', lose: () => undefined };
    case 'cut after':
    case 'never answered':
      return { kind: 'after', lose: () => undefined };
    case 'late':
      return { kind: 'late', byMs: lateMs(service) };
    case 'throttled':
    case 'throttled throughout':
      return isAws(service) ? { kind: 'answer', ...throttled(service) } : maveraError('429');
    case '502 page':
      return gatewayPage(502);
    case '504 page, done':
      return { ...gatewayPage(504), serverActs: 'before' };
    case '504 page, late':
      return { ...gatewayPage(504), serverActs: { afterMs: lateForMaveraMs } };
    case '403 page':
      return { ...gatewayPage(403), afterMs: refusalMs };
    case 'byte order mark':
      return { kind: 'prefixed', prefix: '\uFEFF' };
    case '200, error':
      return {
        ...maveraError('500'),
        status: 200,
        body: JSON.stringify(errorBodyFor(500, 'overloaded_pipeline')),
      };
    case '401':
    case '402':
      return { ...maveraError(fault), afterMs: refusalMs };
    default:
      return service === 'system' ? systemError(fault) : maveraError(fault);
  }
}

function isAws(service: CalledService): service is AwsService {
  return service !== 'mavera' && service !== 'system';
}

function lateMs(service: CalledService): number {
  if (service === 'mavera') {
    return lateForMaveraMs;
  }
  return service === 'system' ? lateForSystemMs : lateForAwsMs;
}

/** Whether it is a fault of the account, not of the call. */
export function isAccountFault(fault: FaultKind | undefined): boolean {
  return accountFaults.some((one) => one === fault);
}

/** Whether Mavera may have billed a call that met this fault, so that its estimate stays in the budget. */
export function mayBeBilled(fault: FaultKind): boolean {
  return fault === '500' || fault === '200, error';
}

/** Whether the fault meets every attempt of a call, not only the first. */
export function isLasting(fault: FaultKind): boolean {
  return fault === 'never answered' || fault === 'throttled throughout';
}

/** What a proxy or a firewall answers: HTML, without Mavera's envelope. */
function gatewayPage(status: 403 | 502 | 504): Interference & { kind: 'answer' } {
  const title = `${status} ${STATUS_CODES[status]}`;
  return {
    kind: 'answer',
    status,
    headers: { 'content-type': 'text/html' },
    body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
  };
}

function maveraError(status: '401' | '402' | '429' | '500' | '503'): Interference & { kind: 'answer' } {
  return {
    kind: 'answer',
    status: Number(status),
    headers: { 'content-type': 'application/json', ...(status === '429' ? { 'retry-after': '1' } : {}) },
    body: JSON.stringify(errorBodyFor(Number(status))),
  };
}

/** With the members of every system's errors. */
function systemError(status: '429' | '500' | '503'): Interference & { kind: 'answer' } {
  const message = 'Injected failure';
  return {
    kind: 'answer',
    status: Number(status),
    headers: { 'content-type': 'application/json', ...(status === '429' ? { 'retry-after': '1' } : {}) },
    body: JSON.stringify({
      detail: message,
      error: { code: 'injected', message },
      errors: [{ type: 'injected', message }],
    }),
  };
}
