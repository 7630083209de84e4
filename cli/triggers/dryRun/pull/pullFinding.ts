import type { OperationName } from '../../../../functions/access/operations.ts';
import type { PullCounts } from '../../../../functions/ledger/pullCursor.ts';
import type { Finding } from '../finding.ts';

/** A call or a file of a step. */
export type StepFinding =
  /** A call that was made. */
  | { readonly outcome: 'called'; readonly sentence: string }
  | { readonly outcome: 'read_file'; readonly file: string }
  /** A call that was not made, and what stood for its answer. */
  | { readonly outcome: 'substituted'; readonly operation: OperationName; readonly what: string };

/** What a dry run of a pull comes across, in order. */
export type PullFinding =
  | (StepFinding & { readonly step: number })
  | { readonly outcome: 'waits'; readonly step: number; readonly waitMs: number; readonly detail?: string }
  /** An item as an event, and whether it would start a run. The findings of its run follow. */
  | {
      readonly outcome: 'item';
      readonly place: string;
      readonly step: number;
      readonly event: string;
      readonly properties: unknown;
      readonly userId?: string | undefined;
      readonly comesTo: ItemOutcome;
    }
  | Finding
  | PullDryEnd;

/** `left_out`: by the filter or the sample; `beyond`: `atMost`; `repeated`: the item was there before. */
export type ItemOutcome = 'run' | 'left_out' | 'beyond' | 'unusable' | 'repeated';

/** How a dry run of a pull has ended. */
export interface PullDryEnd {
  readonly outcome: 'ended';
  /** `enough`: there were as many items as were wanted; `write`: a call that changes something comes next. */
  readonly why: 'done' | 'enough' | 'write' | 'long_wait' | 'failed';
  /** A sentence; absent if it is done. */
  readonly detail?: string;
  readonly counts: PullCounts;
}
