import * as z from 'zod';

const target = {
  /** Path below the base path; `*` stands for anything. */
  path: z.string().min(1).default('*'),
  /** Absent: every method. */
  method: z.enum(['GET', 'POST', 'PATCH', 'DELETE']).optional(),
  /** How many calls it meets; 1 unless `forMs` is given. */
  times: z.int().positive().optional(),
  /** For how long it lasts, from now, on the simulator's clock. */
  forMs: z.number().positive().optional(),
  /** How much longer the call takes. */
  delayMs: z.number().nonnegative().default(0),
};

const errorTexts = { code: z.string().optional(), message: z.string().optional() };

/**
 * What goes wrong with a call:
 * - `status`: an error in Mavera's envelope; nothing is done. `retryAfter` (seconds, or any text) sets the header
 * - `html`: an error page of the proxy in front of Mavera; nothing is done
 * - `cut-before`, `cut-after`: the connection is cut before, or after, the work was done
 * - `delay`: the call takes longer, and holds its place under the concurrency cap
 * - `truncated`: the work is done, half of the answer arrives
 * - `error-in-200`: status 200 with an `{"error": …}` body; nothing is done
 */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...target,
    ...errorTexts,
    kind: z.literal('status'),
    status: z.int().min(400).max(599),
    retryAfter: z.union([z.int().nonnegative(), z.string().regex(/^[ -~]*$/)]).optional(),
  }),
  z.strictObject({ ...target, kind: z.literal('html'), status: z.int().min(400).max(599).default(502) }),
  z.strictObject({ ...target, kind: z.literal('cut-before') }),
  z.strictObject({ ...target, kind: z.literal('cut-after') }),
  z.strictObject({ ...target, kind: z.literal('delay'), delayMs: z.number().positive() }),
  z.strictObject({ ...target, kind: z.literal('truncated') }),
  z.strictObject({ ...target, ...errorTexts, kind: z.literal('error-in-200') }),
]);

/** A fault as it is asked for; everything but `kind` (and a status, a delay) has a default. */
export type Fault = z.input<typeof faultSchema>;

/** A fault with its defaults. */
export type CheckedFault = z.output<typeof faultSchema>;
