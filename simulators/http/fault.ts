import * as z from 'zod';
import { handshakeFaults } from '../tls/tlsFront.ts';

const duration = {
  /** How many calls it meets; 1 unless `forMs` is given. */
  times: z.int().positive().optional(),
  /** For how long it lasts, from now, on the simulator's clock. */
  forMs: z.number().positive().optional(),
};

const target = {
  ...duration,
  /** Path below the base path; `*` stands for anything. */
  path: z.string().min(1).default('*'),
  /** Absent: every method. */
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
  /** How much longer the call takes. */
  delayMs: z.number().nonnegative().default(0),
};

const errorTexts = { code: z.string().optional(), message: z.string().optional() };

/** Whether and when the work of the call is done. */
const work = z.enum(['none', 'done', 'later']).default('none');

/** Seconds, or any string, such as an HTTP date. */
const retryAfter = z.union([z.int().nonnegative(), z.string().regex(/^[ -~]*$/)]).optional();

/**
 * What goes wrong with a call.
 *
 * Answers of the API:
 * - `status`: an error in the API's own form
 * - `error-in-200`: status 200 with the body of an error, whose `code` may be any
 * - `truncated`: the work is done, and half of the answer arrives; of a file its beginning, and then the connection is cut
 * - `byte-order-mark`: the work is done, and a byte order mark stands before the JSON
 * - `delay`: the call takes longer, and counts under a concurrency cap meanwhile; with a delay above the client's timeout
 *   it is never answered
 *
 * Answers of a gateway in front of the API, without the API's form of errors and its rate-limit headers:
 * - `html`: an HTML page with any status from 200: a proxy's 502, 504, 520 or 408, a firewall's 403, a login page's 200
 * - `redirect`: to a login page; nothing is done
 *
 * No answer:
 * - `cut-before`, `cut-after`: the connection is cut before, or after, the work was done
 * - `tls`: the TLS handshake of the next call fails, see {@link HandshakeFault}. It needs the simulator's option `tls`,
 *   with which each call makes its own connection; a handshake has no method and no path
 *
 * `status`, `error-in-200` and `html` have a `work`. `none`: nothing is done. `done`: it is done before the answer.
 * `later`: the answer comes at once, and the work is done after its usual time and `delayMs`, as behind a gateway with a
 * short timeout. Work that is done is billed, also when the client does not see it.
 */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...target,
    ...errorTexts,
    kind: z.literal('status'),
    status: z.int().min(400).max(599),
    retryAfter,
    work,
  }),
  z.strictObject({ ...target, ...errorTexts, kind: z.literal('error-in-200'), work }),
  z.strictObject({ ...target, kind: z.literal('truncated') }),
  z.strictObject({ ...target, kind: z.literal('byte-order-mark') }),
  z.strictObject({ ...target, kind: z.literal('delay'), delayMs: z.number().positive() }),
  z.strictObject({
    ...target,
    kind: z.literal('html'),
    status: z.int().min(200).max(599).default(502),
    retryAfter,
    work,
  }),
  z.strictObject({
    ...target,
    kind: z.literal('redirect'),
    status: z.literal([301, 302, 303, 307, 308]).default(302),
    location: z
      .string()
      .regex(/^[!-~]+$/)
      .default('/login'),
  }),
  z.strictObject({ ...target, kind: z.literal('cut-before') }),
  z.strictObject({ ...target, kind: z.literal('cut-after') }),
  z.strictObject({
    ...duration,
    kind: z.literal('tls'),
    handshake: z.enum(handshakeFaults).default('reset'),
  }),
]);

/** A fault to inject; everything except `kind` (and a status, a delay) has a default. */
export type Fault = z.input<typeof faultSchema>;

/** A fault with its defaults. */
export type CheckedFault = z.output<typeof faultSchema>;

/** A fault that meets connections. */
export type TlsFault = Extract<CheckedFault, { readonly kind: 'tls' }>;

/** A fault that meets calls. */
export type CallFault = Exclude<CheckedFault, TlsFault>;
