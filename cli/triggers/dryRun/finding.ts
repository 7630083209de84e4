import type { System } from '../../../functions/access/operation.ts';
import type { SystemRequest } from '../../../functions/systems/systemClient.ts';

/** A call that a lookup would make. */
export interface LookupCallShown {
  readonly system: System;
  readonly method: string;
  /** With `{names}` where the values of the event would stand. */
  readonly path: string;
}

/** A lookup whose value is not known, because nothing is called. */
export interface UnknownLookup {
  readonly name: string;
  readonly kind: string;
  readonly calls: readonly LookupCallShown[];
}

/** An event that would be reported, or why none can be made. */
export interface ReportShown {
  readonly to: 'Segment' | 'SegOps';
  readonly event?: string;
  /** Of an event that sets traits. */
  readonly traits?: unknown;
  readonly problem?: string;
}

/** What is known of a run, whether its request can be built or not. */
export interface RunShown {
  readonly place: string;
  readonly trigger: string;
  /** The trigger that it follows. */
  readonly after?: string;
  /** The followed trigger's result was not given: an example of its type stands for it. */
  readonly withExampleResult?: true;
}

/** What one element of a file, at its place `file:line[index]`, would start. */
export type Finding =
  | { readonly place: string; readonly outcome: 'ignored' | 'duplicate' }
  | { readonly place: string; readonly outcome: 'invalid'; readonly detail: string }
  | (RunShown & {
      readonly outcome: 'run';
      readonly action: string;
      readonly request: SystemRequest;
      readonly estimatedCredits: number;
      /** It waits until an operator approves it. */
      readonly needsApproval?: true;
      /** What would be reported of its result, or of an example of it. */
      readonly reports?: readonly ReportShown[];
    })
  /** It would first look things up, whose values were not given. */
  | (RunShown & {
      readonly outcome: 'looks_up';
      readonly lookups: readonly UnknownLookup[];
      /** The triggers that would follow it. */
      readonly followedBy?: readonly string[];
    })
  /** The trigger's `only` returned false. */
  | (RunShown & { readonly outcome: 'not_wanted' })
  /** The builder cannot use an example of the result: the result has to be given. */
  | (RunShown & { readonly outcome: 'needs_result'; readonly detail: string })
  | (RunShown & { readonly outcome: 'failed'; readonly reason: string; readonly detail: string })
  | {
      readonly place: string;
      readonly outcome: 'cancels';
      /** The trigger whose waiting runs the event cancels. */
      readonly trigger: string;
      /** Only runs of this key; absent when the event has none, so that it cancels nothing. */
      readonly key?: string;
    };
