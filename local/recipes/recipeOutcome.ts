import type { EndedOccurrence } from '../../functions/ledger/pullCursor.ts';
import type { ParkedCount } from '../system/parkedRuns.ts';
import type { ObservedRun } from './observedRuns.ts';
import type { Recipe } from './recipe.ts';
import type { PostedFile } from './recipePosts.ts';

/** An occurrence of a pull that a recipe has started. */
export interface ObservedPull {
  readonly trigger: string;
  /** What it pulls, such as `segmentAudiences`. */
  readonly kind: string;
  readonly time: 'first' | 'again';
  /** `undefined` if it has not ended. */
  readonly ended: EndedOccurrence | undefined;
}

/** What a recipe has come to. */
export interface RecipeOutcome {
  readonly recipe: Recipe;
  readonly posted: readonly PostedFile[];
  readonly pulls: readonly ObservedPull[];
  readonly runs: readonly ObservedRun[];
  /** Where this differs from what is expected: one sentence each. */
  readonly differences: readonly string[];
}

/** What recipes have come to that ran in one system. */
export interface RecipesOutcome {
  readonly recipes: readonly RecipeOutcome[];
  /** Credits that Mavera has counted. */
  readonly credits: number;
  /** How long the boot took, and how long all that followed. */
  readonly bootMs: number;
  readonly runMs: number;
  /** The first runs of collections that were full before their time was over: they wait for that. */
  readonly parked: readonly ParkedCount[];
  /** What is wrong and belongs to no recipe alone: one sentence each. */
  readonly differences: readonly string[];
}

/** Credits that runs have used, as Mavera has told them. */
export function creditsOf(runs: readonly ObservedRun[]): number {
  return runs.reduce((sum, { creditsUsed }) => sum + creditsUsed, 0);
}
