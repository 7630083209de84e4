import * as z from 'zod/mini';

const decisionSchema = z.object({
  decision: z.enum(['approved', 'denied', 'cancelled']),
  by: z.string(),
  atMs: z.number(),
  redrive: z.optional(z.string()),
});

/** `approved` and `denied` answer a run that asked; `cancelled` needs no question. */
export type Verdict = z.infer<typeof decisionSchema>['decision'];

/** What an operator has decided about a run that has not begun: the attribute `approval` of its item. */
export interface Decision {
  readonly decision: Verdict;
  /** The ARN of the caller, or the name of a user of this machine. */
  readonly by: string;
  readonly atMs: number;
  /** Nonce of the redrive that the decision is for; absent before the first redrive. */
  readonly redrive?: string | undefined;
}

/**
 * Reads a decision. After a redrive an operator is asked again, so the decision before it counts no more. A redrive removes
 * it, but one by an earlier release does not.
 *
 * @param redrive nonce of the run's last redrive
 * @returns `undefined` if there is none, or this version cannot read it
 */
export function readDecision(json: string | undefined, redrive: string | undefined): Decision | undefined {
  try {
    const read = decisionSchema.safeParse(JSON.parse(json ?? 'null'));
    return read.success && read.data.redrive === redrive ? read.data : undefined;
  } catch {
    return undefined;
  }
}
