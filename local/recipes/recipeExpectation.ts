import type { PullCounts } from '../../functions/ledger/pullCursor.ts';

/** What a recipe must come to when it runs on this machine, with the data of the simulators. */
export interface RecipeExpectation {
  /** The name of the file in `examples/recipes`, without `.ts`. */
  readonly recipe: string;
  /** For each pull, by the name of its trigger: what its first occurrence must come to. Counts that are absent are not checked. */
  readonly pulls: Readonly<Record<string, Partial<PullCounts>>>;
  /** What a second occurrence right after it must come to: what has not changed starts nothing. */
  readonly again?: Readonly<Record<string, Partial<PullCounts>>>;
  /** Runs that are done, by the name of their trigger, when no work is left. */
  readonly runs: Readonly<Record<string, number>>;
  /** By the name of a trigger: what its requests to Mavera must say, and what they must not. */
  readonly requests?: Readonly<Record<string, ExpectedRequests>>;
  /** What sources post for the recipe: files below `examples/`, such as `segops/segments.ndjson` or `*.ndjson`. */
  readonly posts?: readonly string[];
}

/** What the requests of a trigger must say, as JSON. */
export interface ExpectedRequests {
  /** Each of these stands in at least one of the requests. */
  readonly with?: readonly (string | RegExp)[];
  /** None of these stands in any of the requests, such as personal data. */
  readonly without?: readonly (string | RegExp)[];
}
