import type { AwsService } from '../../../local/iam/awsRequest.ts';
import { throttled } from '../../../local/iam/errorResponse.ts';
import { errorBodyFor } from '../../../simulators/mavera/apiError.ts';
import type { Interference } from '../proxy/faultProxy.ts';

/**
 * What goes wrong with a call to AWS:
 * - `killed before`, `killed after`: the function's process dies before, or after, the server has acted
 * - `cut before`, `cut after`: the first attempt's connection is lost before, or after, the server has acted
 * - `never answered`: the server acts upon every attempt, and no answer arrives
 * - `late`: the first attempt arrives when the function has long given it up
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

/** What goes wrong with a call to Mavera. The account's own faults are `401` and `402`. */
export const maveraFaults = [
  'killed before',
  'killed after',
  'cut before',
  'cut after',
  'late',
  '429',
  '500',
  '502',
  '503',
] as const;

/** Faults of the account, which make all runs wait for a minute or more. */
export const accountFaults = ['401', '402'] as const;

export type FaultKind =
  | (typeof awsFaults)[number]
  | (typeof maveraFaults)[number]
  | (typeof accountFaults)[number];

/** Longer than the patience of any client of AWS (3 s). */
const lateForAwsMs = 4_000;
/** Longer than the runner's patience (1 s here), and sooner than it looks for what it may have done (2 s). */
const lateForMaveraMs = 1_500;
/** Shorter than that patience, and long enough that what starts together is refused together: each refusal holds all up. */
const refusalMs = 600;

/** What a fault does to a call. @param kill ends the calling process */
export function interferenceOf(
  fault: FaultKind,
  service: AwsService | 'mavera',
  kill: () => void,
): Interference {
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
      return { kind: 'late', byMs: service === 'mavera' ? lateForMaveraMs : lateForAwsMs };
    case 'throttled':
    case 'throttled throughout':
      return service === 'mavera' ? maveraError('429') : { kind: 'answer', ...throttled(service) };
    case '502':
      return {
        kind: 'answer',
        status: 502,
        headers: { 'content-type': 'text/html' },
        body: '<html><body><h1>502 Bad Gateway</h1></body></html>',
      };
    case '401':
    case '402':
      return { ...maveraError(fault), afterMs: refusalMs };
    default:
      return maveraError(fault);
  }
}

/** Whether it is not the call's fault but the account's. */
export function isAccountFault(fault: FaultKind | undefined): boolean {
  return accountFaults.some((one) => one === fault);
}

/** Whether the fault meets every attempt of a call, not the first alone. */
export function isLasting(fault: FaultKind): boolean {
  return fault === 'never answered' || fault === 'throttled throughout';
}

function maveraError(status: '401' | '402' | '429' | '500' | '503'): Interference & { kind: 'answer' } {
  return {
    kind: 'answer',
    status: Number(status),
    headers: { 'content-type': 'application/json', ...(status === '429' ? { 'retry-after': '1' } : {}) },
    body: JSON.stringify(errorBodyFor(Number(status))),
  };
}
